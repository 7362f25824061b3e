// NEON on 64-bit Arm, where it is the baseline: vectors of four floats, thirty-two registers.
#include "kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

typedef float32x4_t V;
enum { WIDTH = 4 };

static inline V v_load(const void *p) { return vld1q_f32(p); }
static inline void v_store(float *p, V v) { vst1q_f32(p, v); }
static inline V v_set(float x) { return vdupq_n_f32(x); }
static inline V v_zero(void) { return vdupq_n_f32(0); }
static inline V v_add(V a, V b) { return vaddq_f32(a, b); }
static inline V v_sub(V a, V b) { return vsubq_f32(a, b); }
static inline V v_mul(V a, V b) { return vmulq_f32(a, b); }
static inline V v_div(V a, V b) { return vdivq_f32(a, b); }
static inline V v_fma(V a, V b, V c) { return vfmaq_f32(c, a, b); }
static inline float s_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
// FMAX and FMIN give NaN where either is NaN.
static inline V v_max(V a, V b) { return vmaxq_f32(a, b); }
static inline V v_min(V a, V b) { return vminq_f32(a, b); }
static inline float v_sum(V v) { return vaddvq_f32(v); }
static inline float v_max_across(V v) { return vmaxvq_f32(v); }
static inline V v_round(V v) { return vrndnq_f32(v); }
static inline V v_pow2(V n) {
    return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127)), 23));
}
static inline V v_load_f16(const char *p) {
    uint16x4_t half;
    memcpy(&half, p, sizeof half);
    return vcvt_f32_f16(vreinterpret_f16_u16(half));
}
static inline V v_load_bf16(const char *p) {
    uint16x4_t half;
    memcpy(&half, p, sizeof half);
    return vreinterpretq_f32_u32(vshll_n_u16(half, 16));
}

#define COLUMN_BLOCKS_1(X) X(1, 16) X(1, 4) X(1, 1)
#define COLUMN_BLOCKS_2(X) X(2, 8) X(2, 4) X(2, 1)
#define COLUMN_BLOCKS_3(X) X(3, 4) X(3, 1)
#define COLUMN_BLOCKS_4(X) X(4, 4) X(4, 1)
#define COLUMN_BLOCKS_5(X) X(5, 4) X(5, 1)
#define COLUMN_BLOCKS_6(X) X(6, 4) X(6, 1)
enum { PANEL = 4 };
enum { FEW_ROWS = 8, MANY_ROWS = 4 };
enum { BLOCK_ROWS = 2 };

static inline V v_set_f16(const uint8_t *p) {
    uint16_t half;
    memcpy(&half, p, sizeof half);
    return v_set(float_of_f16(half));
}
static inline void pairs_of_rows(float *to, const uint8_t *p, size_t apart, const int rows) {
    for (int r = 0; r < 2 * rows; r++) to[r] = v_set_f16(p + r / 2 * apart + r % 2 * 2)[0];
}

// Two products of |127 * 127| fit 16 bits, neighbours are added in 32; the halves of a column meet at the end.
typedef struct { int32x4_t low, high; } I;
typedef int8x16_t W;
typedef int8x8_t B;
static inline I i_zero(void) { return (I){ vdupq_n_s32(0), vdupq_n_s32(0) }; }
static inline W i_load(const uint8_t *p) { return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80))); }
static inline B b_broadcast(const int8_t *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    return vreinterpret_s8_s32(vdup_n_s32(four));
}
static inline I i_dot(I sum, W w, B b) {
    sum.low = vpadalq_s16(sum.low, vmull_s8(vget_low_s8(w), b));
    sum.high = vpadalq_s16(sum.high, vmull_s8(vget_high_s8(w), b));
    return sum;
}
static inline V v_of_sums(I sum, int32_t offset) {
    (void)offset;                                   // the weights have their sign
    return vcvtq_f32_s32(vpaddq_s32(sum.low, sum.high));
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

const ck_kernels ck_neon = {
    "neon", accumulate_columns, sum_columns, fill_tile, add_tile, dot_rows, widen, add, multiply, normalize,
    normalize_rms, softmax, sum, activate,
    accumulate_quantized, quantize_row, quantize_columns, quantize_rows
};
#endif
