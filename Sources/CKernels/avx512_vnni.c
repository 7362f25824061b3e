// AVX-512 VNNI: vpdpbusd multiplies unsigned bytes by signed ones and adds four products to a sum in one instruction.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma"))), apply_to = function)

#include "vectors512.inc"

typedef __m512i B;
static inline W i_load(const uint8_t *p) { return _mm512_loadu_si512(p); }
static inline B b_broadcast(const int8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
}
static inline I i_dot(I sum, W w, B b) { return _mm512_dpbusd_epi32(sum, w, b); }
static inline V v_of_sums(I sum, int32_t offset) {
    return _mm512_cvtepi32_ps(_mm512_add_epi32(sum, _mm512_set1_epi32(offset)));
}

#define QUANTIZED_BLOCKS_1(X) X(1, 4) X(1, 1)
#define QUANTIZED_BLOCKS_2(X) X(2, 4) X(2, 1)
#define QUANTIZED_BLOCKS_3(X) X(3, 4) X(3, 1)
#define QUANTIZED_BLOCKS_4(X) X(4, 3) X(4, 1)

#include "quantized.inc"

#pragma clang attribute pop

void ck_accumulate_quantized_avx512_vnni(float *y, size_t y_stride, const ck_quantized_rows *x, size_t first,
                                         size_t lanes, const uint8_t *w, size_t columns) {
    accumulate_quantized(y, y_stride, x, first, lanes, w, columns);
}
#endif
