// How often the calling thread has asked for memory: stands before the C library's malloc in the test program.
#pragma once

/// Requests of this thread so far; -1 where the C library is not glibc, or a sanitizer has taken its place.
long allocation_count(void);
