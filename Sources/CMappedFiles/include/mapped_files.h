// Finds the file that is mapped at an address, for a signal handler: reading past the end of a truncated mapped file raises SIGBUS.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Registers a mapped file. False if there is no memory for the entry.
bool mapped_file_add(const void *start, size_t size, const char *path);
/// Removes the entry. Call it before the file is unmapped.
void mapped_file_remove(const void *start);
/// The path of the file that is mapped at this address, or NULL. Safe in a signal handler.
const char *mapped_file_at(const void *address);
