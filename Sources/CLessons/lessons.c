#include "CLessons.h"

static const unsigned char greedy_loops[] = {
#embed "Lessons/greedy-loops.lesson"
};
static const unsigned char temperature[] = {
#embed "Lessons/temperature.lesson"
};
static const unsigned char top_k_vs_top_p[] = {
#embed "Lessons/top-k-vs-top-p.lesson"
};
static const unsigned char nucleus[] = {
#embed "Lessons/nucleus.lesson"
};
static const unsigned char beam_repeats[] = {
#embed "Lessons/beam-repeats.lesson"
};
static const unsigned char contrastive[] = {
#embed "Lessons/contrastive.lesson"
};
static const unsigned char human_text_lesson[] = {
#embed "Lessons/human-text.lesson"
};
static const unsigned char min_p[] = {
#embed "Lessons/min-p.lesson"
};
static const unsigned char one_percent[] = {
#embed "Lessons/one-percent.lesson"
};
static const unsigned char order_of_the_chain[] = {
#embed "Lessons/order-of-the-chain.lesson"
};
static const unsigned char temperature_with_min_p[] = {
#embed "Lessons/temperature-with-min-p.lesson"
};
static const unsigned char typical[] = {
#embed "Lessons/typical.lesson"
};
static const unsigned char penalties[] = {
#embed "Lessons/penalties.lesson"
};
static const unsigned char human_text[] = {
#embed "Lessons/lucie.txt"
};

// In the order of a course.
static const struct {
  const char *name, *part;
  lesson_bytes text;
} lessons[] = {
  {"greedy-loops", "basics", {greedy_loops, sizeof greedy_loops}},
  {"temperature", "basics", {temperature, sizeof temperature}},
  {"top-k-vs-top-p", "basics", {top_k_vs_top_p, sizeof top_k_vs_top_p}},
  {"nucleus", "basics", {nucleus, sizeof nucleus}},
  {"human-text", "basics", {human_text_lesson, sizeof human_text_lesson}},
  {"beam-repeats", "basics", {beam_repeats, sizeof beam_repeats}},
  {"contrastive", "basics", {contrastive, sizeof contrastive}},
  {"min-p", "engineers", {min_p, sizeof min_p}},
  {"order-of-the-chain", "engineers", {order_of_the_chain, sizeof order_of_the_chain}},
  {"temperature-with-min-p", "engineers", {temperature_with_min_p, sizeof temperature_with_min_p}},
  {"one-percent", "engineers", {one_percent, sizeof one_percent}},
  {"typical", "engineers", {typical, sizeof typical}},
  {"penalties", "engineers", {penalties, sizeof penalties}},
};

int lesson_count(void) { return sizeof lessons / sizeof lessons[0]; }
const char *lesson_name(int index) { return lessons[index].name; }
const char *lesson_part(int index) { return lessons[index].part; }
lesson_bytes lesson_text(int index) { return lessons[index].text; }
lesson_bytes lesson_human_text(void) { return (lesson_bytes){human_text, sizeof human_text}; }
