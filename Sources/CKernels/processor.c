// Properties of this machine's processors: which kernels they run, and how many this process may use.
#define _GNU_SOURCE 1
#include "kernels.h"
#include <sched.h>

#if defined(__x86_64__)
#include <cpuid.h>

// __builtin_cpu_supports also asks whether the system saves the wide registers; it does not know F16C everywhere.
static int has_avx2(void) {
    unsigned a, b, c = 0, d;
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __get_cpuid(1, &a, &b, &c, &d) && c & bit_F16C;
}
static int has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
// AVX-VNNI is newer than AVX-512 VNNI, and __builtin_cpu_supports does not know it everywhere.
static int has_avx2_vnni(void) {
    unsigned a = 0, b, c, d;
    return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && a & 1 << 4;
}
#endif

const ck_kernels *ck_kernels_at(size_t index) {
#if defined(__x86_64__)
    if (has_avx512() && __builtin_cpu_supports("avx512vnni") && index-- == 0) return &ck_avx512_vnni;
    if (has_avx512() && index-- == 0) return &ck_avx512;
    if (has_avx2_vnni() && index-- == 0) return &ck_avx2_vnni;
    if (has_avx2() && index-- == 0) return &ck_avx2;
#elif defined(__aarch64__)
    if (index-- == 0) return &ck_neon;
#endif
    return index == 0 ? &ck_generic : NULL;
}

int ck_usable_processors(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return CPU_COUNT(&set);
}
