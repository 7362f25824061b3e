// How this process keeps memory that is free.
#include "kernels.h"

#if defined(__GLIBC__)
#include <malloc.h>

void ck_keep_freed_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 16 << 20);
    mallopt(M_TRIM_THRESHOLD, 64 << 20);
}
#else
void ck_keep_freed_memory(void) {}
#endif
