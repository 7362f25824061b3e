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
static const unsigned char human_text_lesson[] = {
#embed "Lessons/human-text.lesson"
};
static const unsigned char human_text[] = {
#embed "Lessons/lucie.txt"
};

// In the order of a course.
static const struct {
  const char *name;
  lesson_bytes text;
} lessons[] = {
  {"greedy-loops", {greedy_loops, sizeof greedy_loops}},
  {"temperature", {temperature, sizeof temperature}},
  {"top-k-vs-top-p", {top_k_vs_top_p, sizeof top_k_vs_top_p}},
  {"nucleus", {nucleus, sizeof nucleus}},
  {"human-text", {human_text_lesson, sizeof human_text_lesson}},
};

int lesson_count(void) { return sizeof lessons / sizeof lessons[0]; }
const char *lesson_name(int index) { return lessons[index].name; }
lesson_bytes lesson_text(int index) { return lessons[index].text; }
lesson_bytes lesson_human_text(void) { return (lesson_bytes){human_text, sizeof human_text}; }
