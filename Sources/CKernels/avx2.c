// AVX2 with FMA and F16C: vectors of eight floats, sixteen registers.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "vectors256.inc"

static inline V v_zero(void) { return _mm256_setzero_ps(); }
static inline V v_add(V a, V b) { return _mm256_add_ps(a, b); }
static inline V v_sub(V a, V b) { return _mm256_sub_ps(a, b); }
static inline V v_div(V a, V b) { return _mm256_div_ps(a, b); }
static inline float s_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline V v_max(V a, V b) { return _mm256_max_ps(a, b); }
static inline V v_min(V a, V b) { return _mm256_min_ps(a, b); }
static inline float v_sum(V v) {
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
static inline float v_max_across(V v) {
    __m128 s = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_max_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
}
static inline V v_round(V v) { return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
// A NaN's n is no exponent, but its polynomial is NaN already.
static inline V v_pow2(V n) {
    const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
}
static inline V v_load_f16(const char *p) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)); }

#define COLUMN_BLOCKS_1(X) X(1, 12) X(1, 8) X(1, 4) X(1, 1)
#define COLUMN_BLOCKS_2(X) X(2, 6) X(2, 2) X(2, 1)
#define COLUMN_BLOCKS_3(X) X(3, 4) X(3, 1)
#define COLUMN_BLOCKS_4(X) X(4, 2) X(4, 1)
#define COLUMN_BLOCKS_5(X) X(5, 2) X(5, 1)
#define COLUMN_BLOCKS_6(X) X(6, 2) X(6, 1)
enum { PANEL = 2 };
enum { FEW_ROWS = 4, MANY_ROWS = 2 };
#include "pairs.inc"

enum { BLOCK_ROWS = 4 };

static inline V v_set_f16(const void *p) {
    int16_t half;
    memcpy(&half, p, sizeof half);
    return _mm256_cvtph_ps(_mm_set1_epi16(half));
}

// vpmaddubsw saturates where both of its products are large, but not at 2 * 127 * 127: the sign goes to the weight.
typedef struct { __m256i value, size; } B;
static inline W i_load(const uint8_t *p) {
    return _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)p), _mm256_set1_epi8((char)0x80));
}
static inline B b_broadcast(const int8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    const __m256i value = _mm256_set1_epi32(four);
    return (B){ value, _mm256_abs_epi8(value) };
}
static inline I i_dot(I sum, W w, B b) {
    const __m256i pairs = _mm256_maddubs_epi16(b.size, _mm256_sign_epi8(w, b.value));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
static inline V v_of_sums(I sum, int32_t offset) {
    (void)offset;                                   // the weights have their sign
    return _mm256_cvtepi32_ps(sum);
}
#define QUANTIZED_BLOCKS_1(X) X(1, 4) X(1, 2) X(1, 1)
#define QUANTIZED_BLOCKS_2(X) X(2, 2) X(2, 1)
#define QUANTIZED_BLOCKS_3(X) X(3, 1)
#define QUANTIZED_BLOCKS_4(X) X(4, 1)

#include "products.inc"
#include "blocks.inc"
#include "elementwise.inc"
#include "tiles.inc"
#include "quantization.inc"
#include "quantized.inc"

#pragma clang attribute pop

const ck_kernels ck_avx2 = {
    "avx2", accumulate_columns, sum_columns, fill_tile, add_tile, dot_rows, widen, add, multiply, normalize,
    normalize_rms, softmax, sum, activate,
    accumulate_quantized, quantize_row, quantize_columns, quantize_rows
};
const ck_kernels ck_avx2_vnni = {
    "avx2-vnni", accumulate_columns, sum_columns, fill_tile, add_tile, dot_rows, widen, add, multiply, normalize,
    normalize_rms, softmax, sum, activate,
    ck_accumulate_quantized_avx2_vnni, quantize_row, quantize_columns, quantize_rows
};
#endif
