// Which file lies at an address, for a signal handler to ask: touching what was cut off a mapped file is SIGBUS.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Notes that a file is mapped here. False where there is no memory for the note.
bool mapped_file_add(const void *start, size_t size, const char *path);
/// Before the file is unmapped.
void mapped_file_remove(const void *start);
/// The path of the file that is mapped at this address, or NULL. Safe in a signal handler.
const char *mapped_file_at(const void *address);
