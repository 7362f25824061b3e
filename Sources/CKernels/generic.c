// Plain C over vectors of four floats: the baseline of every architecture (SSE2 on x86-64).
#include "kernels.h"

#pragma STDC FP_CONTRACT OFF

typedef float V __attribute__((vector_size(16)));
typedef uint32_t U __attribute__((vector_size(16)));
enum { WIDTH = 4 };

static inline V v_load(const void *p) { V v; memcpy(&v, p, sizeof v); return v; }
static inline void v_store(float *p, V v) { memcpy(p, &v, sizeof v); }
static inline V v_set(float x) { return (V){ x, x, x, x }; }
static inline V v_zero(void) { return v_set(0); }
static inline V v_add(V a, V b) { return a + b; }
static inline V v_sub(V a, V b) { return a - b; }
static inline V v_mul(V a, V b) { return a * b; }
static inline V v_div(V a, V b) { return a / b; }
static inline V v_fma(V a, V b, V c) { const V product = a * b; return product + c; }
static inline float s_fma(float a, float b, float c) { const float product = a * b; return product + c; }
static inline float v_sum(V v) { return (v[0] + v[2]) + (v[1] + v[3]); }
static inline V v_max(V a, V b) { for (int i = 0; i < 4; i++) b[i] = a[i] > b[i] ? a[i] : b[i]; return b; }
static inline V v_min(V a, V b) { for (int i = 0; i < 4; i++) b[i] = a[i] < b[i] ? a[i] : b[i]; return b; }
static inline float v_max_across(V v) {
    const float a = v[0] > v[1] ? v[0] : v[1], b = v[2] > v[3] ? v[2] : v[3];
    return a > b ? a : b;
}
// Adding and taking away 1.5 * 2^23 leaves no room for a fraction. |v| < 2^22 here.
static inline V v_round(V v) { const V shift = v_set(0x1.8p23f); const V moved = v + shift; return moved - shift; }
static inline V v_pow2(V n) {
    for (int i = 0; i < 4; i++) n[i] = n[i] == n[i] ? float_of_bits((uint32_t)((int32_t)n[i] + 127) << 23) : n[i];
    return n;
}
static inline U load_halves(const char *p) {
    uint16_t half __attribute__((vector_size(8)));
    memcpy(&half, p, sizeof half);
    return __builtin_convertvector(half, U);
}
// As float_of_f16, four at once.
static inline V v_load_f16(const char *p) {
    const U half = load_halves(p), rest = (half & 0x7FFF) << 13;
    const U special = (U)(rest >= 0x7C00u << 13) & 0x7F800000;
    const V magnitude = (V)rest * 0x1p112f;
    return (V)((U)magnitude | special | (half & 0x8000) << 16);
}
static inline V v_load_bf16(const char *p) { return (V)(load_halves(p) << 16); }

#define COLUMN_BLOCKS_1(X) X(1, 12) X(1, 4) X(1, 1)
#define COLUMN_BLOCKS_2(X) X(2, 4) X(2, 1)
#define COLUMN_BLOCKS_3(X) X(3, 4) X(3, 1)
#define COLUMN_BLOCKS_4(X) X(4, 2) X(4, 1)
#define COLUMN_BLOCKS_5(X) X(5, 2) X(5, 1)
#define COLUMN_BLOCKS_6(X) X(6, 2) X(6, 1)
enum { PANEL = 2 };
enum { FEW_ROWS = 4, MANY_ROWS = 2 };
enum { BLOCK_ROWS = 1 };

static inline V v_set_f16(const uint8_t *p) {
    uint16_t half;
    memcpy(&half, p, sizeof half);
    return v_set(float_of_f16(half));
}
static inline void pairs_of_rows(float *to, const uint8_t *p, size_t apart, const int rows) {
    for (int r = 0; r < 2 * rows; r++) to[r] = v_set_f16(p + r / 2 * apart + r % 2 * 2)[0];
}

// An unsigned byte times a signed one fits 16 bits; sums of two neighbours need 32, and meet at the end.
typedef int32_t Sums __attribute__((vector_size(16)));
typedef int16_t Halves __attribute__((vector_size(16)));
typedef struct { Sums low, high; } I;
typedef struct { Halves low, high; } W;
typedef Halves B;
static inline I i_zero(void) { return (I){ { 0 }, { 0 } }; }
static inline Halves load_bytes(const uint8_t *p) {
    uint8_t bytes __attribute__((vector_size(8)));
    memcpy(&bytes, p, sizeof bytes);
    return __builtin_convertvector(bytes, Halves);
}
static inline W i_load(const uint8_t *p) { return (W){ load_bytes(p), load_bytes(p + 8) }; }
static inline B b_broadcast(const int8_t *p) {
    const int16_t a = p[0], b = p[1], c = p[2], d = p[3];
    return (B){ a, b, c, d, a, b, c, d };
}
static inline Sums sums_of_pairs(Halves products) {
    const Sums pairs = (Sums)products;
    return (pairs >> 16) + (pairs << 16 >> 16);
}
static inline I i_dot(I sum, W w, B b) {
    return (I){ sum.low + sums_of_pairs(w.low * b), sum.high + sums_of_pairs(w.high * b) };
}
static inline V v_of_sums(I sum, int32_t offset) {
    const Sums even = __builtin_shufflevector(sum.low, sum.high, 0, 2, 4, 6);
    return __builtin_convertvector(even + __builtin_shufflevector(sum.low, sum.high, 1, 3, 5, 7) + offset, V);
}
#define QUANTIZED_BLOCKS_1(X) X(1, 1)
#define QUANTIZED_BLOCKS_2(X) X(2, 1)
#define QUANTIZED_BLOCKS_3(X) X(3, 1)
#define QUANTIZED_BLOCKS_4(X) X(4, 1)

#include "products.inc"
#include "blocks.inc"
#include "elementwise.inc"
#include "tiles.inc"
#include "quantization.inc"
#include "quantized.inc"

const ck_kernels ck_generic = {
    "scalar", accumulate_columns, sum_columns, fill_tile, add_tile, dot_rows, widen, add, multiply, normalize,
    normalize_rms, softmax, sum, activate,
    accumulate_quantized, quantize_row, quantize_columns, quantize_rows
};
