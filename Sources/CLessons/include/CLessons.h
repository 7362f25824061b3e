// The built-in lessons, as their files are on disk, in the binary's read-only data.
#pragma once
#include <stddef.h>

typedef struct {
  const unsigned char *start;
  size_t size;
} lesson_bytes;

/// How many lessons there are; an index below runs from 0.
int lesson_count(void);
const char *lesson_name(int index);
/// The part of the course that the lesson belongs to.
const char *lesson_part(int index);
lesson_bytes lesson_text(int index);
/// The text that an author wrote, for the lesson that scores one.
lesson_bytes lesson_human_text(void);
