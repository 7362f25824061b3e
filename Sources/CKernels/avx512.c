// AVX-512: vectors of sixteen floats, thirty-two registers.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,f16c"))), apply_to = function)

#include "vectors512.inc"

static inline V v_zero(void) { return _mm512_setzero_ps(); }
static inline V v_add(V a, V b) { return _mm512_add_ps(a, b); }
static inline V v_sub(V a, V b) { return _mm512_sub_ps(a, b); }
static inline V v_div(V a, V b) { return _mm512_div_ps(a, b); }
static inline float s_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline V v_max(V a, V b) { return _mm512_max_ps(a, b); }
static inline V v_min(V a, V b) { return _mm512_min_ps(a, b); }
static inline float v_sum(V v) {
    const __m256 h = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
// Four sums at once, each with v_sum's additions.
#define HAS_SUM4
static inline void v_sum4(float to[4], const V v[4]) {
    const V ab = _mm512_add_ps(_mm512_shuffle_f32x4(v[0], v[1], 0x44), _mm512_shuffle_f32x4(v[0], v[1], 0xEE));
    const V cd = _mm512_add_ps(_mm512_shuffle_f32x4(v[2], v[3], 0x44), _mm512_shuffle_f32x4(v[2], v[3], 0xEE));
    V s = _mm512_add_ps(_mm512_shuffle_f32x4(ab, cd, 0x88), _mm512_shuffle_f32x4(ab, cd, 0xDD));
    s = _mm512_add_ps(s, _mm512_permute_ps(s, 0x4E));
    s = _mm512_add_ps(s, _mm512_movehdup_ps(s));
    const __m512i firsts = _mm512_set_epi32(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 8, 4, 0);
    _mm_storeu_ps(to, _mm512_castps512_ps128(_mm512_permutexvar_ps(firsts, s)));
}
static inline float v_max_across(V v) { return _mm512_reduce_max_ps(v); }
static inline V v_round(V v) { return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
// A NaN's n is no exponent, but its polynomial is NaN already.
static inline V v_pow2(V n) {
    const __m512i exponent = _mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127));
    return _mm512_castsi512_ps(_mm512_slli_epi32(exponent, 23));
}
static inline V v_load_f16(const char *p) { return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p)); }

#define COLUMN_BLOCKS_1(X) X(1, 24) X(1, 12) X(1, 4) X(1, 1)
#define COLUMN_BLOCKS_2(X) X(2, 12) X(2, 4) X(2, 1)
#define COLUMN_BLOCKS_3(X) X(3, 8) X(3, 4) X(3, 1)
#define COLUMN_BLOCKS_4(X) X(4, 6) X(4, 4) X(4, 1)
#define COLUMN_BLOCKS_5(X) X(5, 4) X(5, 1)
#define COLUMN_BLOCKS_6(X) X(6, 4) X(6, 1)
enum { PANEL = 4 };
enum { FEW_ROWS = 8, MANY_ROWS = 4 };
#include "pairs.inc"

enum { BLOCK_ROWS = 4 };

static inline V v_set_f16(const void *p) {
    int16_t half;
    memcpy(&half, p, sizeof half);
    return _mm512_cvtph_ps(_mm256_set1_epi16(half));
}
// A number of up to five bits selects its weight from one or two vectors, whatever the bits above it are.
typedef int32_t Numbers __attribute__((vector_size(64)));
typedef struct { V low, high; int first; } L;
static inline V table_of(V scale, const V *minimum, const int bits, const int first) {
    float numbers[16];
    for (int i = 0; i < 16; i++) numbers[i] = (float)(i % (1 << bits) + first);
    return minimum ? v_fma(scale, v_load(numbers), *minimum) : v_mul(scale, v_load(numbers));
}
static inline L levels(V scale, const V *minimum, const int bits, const int first) {
    if (bits > 5) return (L){ scale, scale, first };
    return (L){ table_of(scale, minimum, bits, first), table_of(scale, minimum, bits, first + 16), first };
}
static inline V v_of_numbers(L l, Numbers numbers, const int bits) {
    if (bits < 5) return _mm512_permutexvar_ps((__m512i)numbers, l.low);
    if (bits == 5) return _mm512_permutex2var_ps(l.low, (__m512i)numbers, l.high);
    return v_mul(l.low, __builtin_convertvector((numbers & ((1 << bits) - 1)) + l.first, V));
}
#define HAS_TABLES

// As in avx2.c.
typedef struct { __m512i size; __mmask64 negative; } B;
static inline W i_load(const uint8_t *p) {
    return _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_set1_epi8((char)0x80));
}
static inline B b_broadcast(const int8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    const __m512i value = _mm512_set1_epi32(four);
    return (B){ _mm512_abs_epi8(value), _mm512_movepi8_mask(value) };
}
static inline I i_dot(I sum, W w, B b) {
    const __m512i pairs = _mm512_maddubs_epi16(b.size, _mm512_mask_sub_epi8(w, b.negative, _mm512_setzero_si512(), w));
    return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
}
static inline V v_of_sums(I sum, int32_t offset) {
    (void)offset;                                   // the weights have their sign
    return _mm512_cvtepi32_ps(sum);
}
#define QUANTIZED_BLOCKS_1(X) X(1, 4) X(1, 2) X(1, 1)
#define QUANTIZED_BLOCKS_2(X) X(2, 2) X(2, 1)
#define QUANTIZED_BLOCKS_3(X) X(3, 2) X(3, 1)
#define QUANTIZED_BLOCKS_4(X) X(4, 2) X(4, 1)

#include "products.inc"
#include "blocks.inc"
#include "elementwise.inc"
#include "tiles.inc"
#include "quantization.inc"
#include "quantized.inc"

#pragma clang attribute pop

const ck_kernels ck_avx512 = {
    "avx512", accumulate_columns, sum_columns, fill_tile, add_tile, dot_rows, widen, add, multiply, normalize,
    normalize_rms, softmax, sum, activate,
    accumulate_quantized, quantize_row, quantize_columns, quantize_rows
};
const ck_kernels ck_avx512_vnni = {
    "avx512-vnni", accumulate_columns, sum_columns, fill_tile, add_tile, dot_rows, widen, add, multiply, normalize,
    normalize_rms, softmax, sum, activate,
    ck_accumulate_quantized_avx512_vnni, quantize_row, quantize_columns, quantize_rows
};
#endif
