// AVX-512 VNNI: vpdpbusd multiplies unsigned bytes by signed ones and adds four products to a sum in one instruction.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,fma"))), apply_to = function)

typedef __m512 V;
enum { WIDTH = 16 };

static inline V v_load(const void *p) { return _mm512_loadu_ps(p); }
static inline void v_store(float *p, V v) { _mm512_storeu_ps(p, v); }
static inline V v_set(float x) { return _mm512_set1_ps(x); }
static inline V v_mul(V a, V b) { return _mm512_mul_ps(a, b); }
static inline V v_fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
static inline V v_load_bf16(const char *p) {
    const __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i *)p));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}

typedef __m512i I;
typedef __m512i W;
typedef __m512i B;
static inline I i_zero(void) { return _mm512_setzero_si512(); }
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
