// AVX-VNNI: vpdpbusd, as in avx512_vnni.c, on vectors of 256 bits.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,avxvnni"))), apply_to = function)

#include "vectors256.inc"

typedef __m256i B;
static inline W i_load(const uint8_t *p) { return _mm256_loadu_si256((const __m256i *)p); }
static inline B b_broadcast(const int8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm256_set1_epi32(four);
}
static inline I i_dot(I sum, W w, B b) { return _mm256_dpbusd_avx_epi32(sum, w, b); }
static inline V v_of_sums(I sum, int32_t offset) {
    return _mm256_cvtepi32_ps(_mm256_add_epi32(sum, _mm256_set1_epi32(offset)));
}

#define QUANTIZED_BLOCKS_1(X) X(1, 4) X(1, 2) X(1, 1)
#define QUANTIZED_BLOCKS_2(X) X(2, 1)
#define QUANTIZED_BLOCKS_3(X) X(3, 1)
#define QUANTIZED_BLOCKS_4(X) X(4, 1)

#include "quantized.inc"

#pragma clang attribute pop

void ck_accumulate_quantized_avx2_vnni(float *y, size_t y_stride, const ck_quantized_rows *x, size_t first,
                                         size_t lanes, const uint8_t *w, size_t columns) {
    accumulate_quantized(y, y_stride, x, first, lanes, w, columns);
}
#endif
