// The built-in model's files, as they are on disk, in the binary's read-only data.
#pragma once
#include <stddef.h>

// Functions, since Swift cannot see an array without a length.
const unsigned char *storyteller_config(size_t *size);
const unsigned char *storyteller_vocabulary(size_t *size);
const unsigned char *storyteller_merges(size_t *size);
/// 64-byte aligned, so that mapped and embedded weights are read alike.
const unsigned char *storyteller_weights(size_t *size);
