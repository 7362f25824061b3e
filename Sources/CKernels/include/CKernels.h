// The inner loops of the forward pass, selected at run time for the CPU.
//
// C, since the instructions that widen float16 and fuse multiply with add need per-function `target` attributes,
// which Swift does not have; built for the baseline, one binary runs on every CPU and uses the best instructions there.
//
// One rule holds for all of them: every output element is computed in an order that depends on nothing but
// its own operands' length. Neither the lanes beside it, nor how the caller cuts the work into calls, nor the
// weight's storage type (once widened) changes a bit.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// How weights are stored: one by one, or in ggml's blocks of 32 or 256.
typedef uint32_t ck_type;
static const ck_type ck_f32 = 0, ck_f16 = 1, ck_bf16 = 2, ck_q4_0 = 3, ck_q4_1 = 4, ck_q5_0 = 5, ck_q5_1 = 6, ck_q8_0 = 7,
                     ck_q2_k = 8, ck_q3_k = 9, ck_q4_k = 10, ck_q5_k = 11, ck_q6_k = 12;

typedef uint32_t ck_activation;
static const ck_activation ck_gelu_erf = 0, ck_gelu_tanh = 1, ck_gelu_quick = 2, ck_relu = 3, ck_silu = 4, ck_tanh = 5;

/// Memory is fastest where each core reads several long streams side by side. So the inputs of a product are cut into so many
/// pieces, and the first inputs of all pieces come first, then the second of all; what is left over comes last.
enum { CK_STREAMS = 4 };

/// The input that comes k-th.
static inline size_t ck_input_at(size_t k, size_t depth) {
    const size_t length = depth / CK_STREAMS;
    return k < length * CK_STREAMS ? k % CK_STREAMS * length + k / CK_STREAMS : k;
}

/// The place of an input in that order.
static inline size_t ck_place_of(size_t input, size_t depth) {
    const size_t length = depth / CK_STREAMS;
    return input < length * CK_STREAMS ? input % length * CK_STREAMS + input / length : input;
}

/// A tile: this many columns of a product stay in the cache while all rows of a prompt are multiplied, CK_TILE_ROWS at a time.
enum { CK_TILE_COLUMNS = 64, CK_TILE_ROWS = 6 };

/// Puts up to CK_TILE_ROWS rows of x into that order, side by side: [depth][CK_TILE_ROWS], missing rows as zeros.
static inline void ck_arrange(float *to, const float *x, size_t x_stride, size_t rows, size_t depth) {
    for (size_t k = 0; k < depth; k++, to += CK_TILE_ROWS) {
        const size_t input = ck_input_at(k, depth);
        for (size_t l = 0; l < CK_TILE_ROWS; l++) to[l] = l < rows ? x[l * x_stride + input] : 0;
    }
}

/// Numbers in 8 bits: each group of so many inputs has one scale of its own, in rows and in columns.
enum { CK_GROUP = 64 };
/// Columns that lie together, so that one vector holds four inputs of several columns.
enum { CK_BLOCK = 16 };

/// How many groups `depth` inputs make, the last one filled up with zeros.
static inline size_t ck_groups(size_t depth) { return (depth + CK_GROUP - 1) / CK_GROUP; }
/// A block of columns is one pair of groups after the other: a cache line with their bfloat16 scales, [2][CK_BLOCK], then their
/// weights plus 128, [2][CK_GROUP / 4][CK_BLOCK][4], so that a product reads it from end to end. The last group may be alone.
static inline size_t ck_pair_at(size_t group) { return group / 2 * (64 + 2 * CK_GROUP * CK_BLOCK); }
static inline size_t ck_scales_at(size_t group) { return ck_pair_at(group) + group % 2 * 2 * CK_BLOCK; }
static inline size_t ck_weights_at(size_t group) { return ck_pair_at(group) + 64 + group % 2 * CK_GROUP * CK_BLOCK; }
static inline size_t ck_block_bytes(size_t groups) { return (groups + 1) / 2 * 64 + groups * CK_GROUP * CK_BLOCK; }

/// Rows of numbers in 8 bits.
typedef struct ck_quantized_rows {
    /// [rows][groups * CK_GROUP], each within -127...127
    const int8_t *values;
    /// [rows][groups]
    const float *scales;
    /// -128 times the sum of the group's values, [rows][groups]: corrects for weights that are stored with 128 added.
    const int32_t *offsets;
    size_t groups;
} ck_quantized_rows;

/// Strides count elements. Weights and floats need no alignment. Lengths may be anything, also 0.
typedef struct ck_kernels {
    const char *name;
    /// y[l][c] += x[l][0] * w[0][c] + x[l][1] * w[1][c] + ... added to y one after the other.
    void (*accumulate_columns)(float *y, size_t y_stride, const float *x, size_t x_stride, size_t lanes, const float *w,
                               size_t w_stride, size_t depth, size_t columns);
    /// y[l][c] = the same products in the order of ck_input_at, as Conv1D weights lie: for weights in memory.
    void (*sum_columns)(float *y, size_t y_stride, const float *x, size_t x_stride, size_t lanes,
                        const void *w, ck_type type, size_t w_stride, size_t depth, size_t columns);
    /// Up to CK_TILE_COLUMNS columns as a tile for add_tile, [depth][CK_TILE_COLUMNS] floats; `following` rows of w lie behind and
    /// are wanted soon.
    void (*fill_tile)(float *tile, const void *w, ck_type type, size_t w_stride, size_t depth, size_t following,
                      size_t columns);
    /// y += what sum_columns gives, to the bit, for groups of CK_TILE_ROWS rows: y is [groups][CK_TILE_ROWS][CK_TILE_COLUMNS], x is
    /// [groups] as ck_arrange writes them. Columns behind the last may be overwritten.
    void (*add_tile)(float *y, const float *x, size_t groups, const float *tile, size_t depth, size_t columns);
    /// y[l][r] = x[l] . w[r], as the rows of lm_head lie.
    void (*dot_rows)(float *y, size_t y_stride, const float *x, size_t x_stride, size_t lanes,
                     const void *w, ck_type type, size_t w_stride, size_t depth, size_t rows);
    /// to[i] = from[i], exact.
    void (*widen)(float *to, const void *from, ck_type type, size_t count);
    /// y[i] += x[i]
    void (*add)(float *y, const float *x, size_t count);
    /// y[i] *= x[i]
    void (*multiply)(float *y, const float *x, size_t count);
    /// Layer norm: y = (x - mean) / sqrt(variance + epsilon) * gain + bias. y may be x.
    void (*normalize)(float *y, const float *x, const float *gain, const float *bias, size_t count, float epsilon);
    /// RMS norm: y = x / sqrt(mean of x^2 + epsilon) * gain. y may be x.
    void (*normalize_rms)(float *y, const float *x, const float *gain, size_t count, float epsilon);
    /// x[i] = exp(scale * x[i]) / sum; scale > 0.
    void (*softmax)(float *x, float scale, size_t count);
    /// The sum of x, at the speed of memory: the upper bound of every other kernel.
    float (*sum)(const float *x, size_t count);
    /// x[i] = f(x[i])
    void (*activate)(float *x, ck_activation f, size_t count);
    /// y[l][c] += x[first + l] . w[c] over 8-bit numbers: w points to the first block of columns.
    void (*accumulate_quantized)(float *y, size_t y_stride, const ck_quantized_rows *x, size_t first, size_t lanes,
                                 const uint8_t *w, size_t columns);
    /// A row of x to 8 bits: ck_groups(count) groups.
    void (*quantize_row)(int8_t *to, float *scales, int32_t *offsets, const float *x, size_t count);
    /// One group of inputs of a matrix [depth][columns] to 8 bits, in all blocks; `to` and w are the whole matrices.
    void (*quantize_columns)(uint8_t *to, const void *w, ck_type type, size_t w_stride, size_t depth, size_t columns,
                             size_t group);
    /// The rows of a matrix [rows][depth] to 8 bits, as columns of blocks.
    void (*quantize_rows)(uint8_t *to, const void *w, ck_type type, size_t w_stride, size_t depth, size_t rows);
} ck_kernels;

/// The kernels this build has, fastest first, those that this CPU cannot run left out; NULL behind the last.
const ck_kernels *ck_kernels_at(size_t index);

/// How many processors this process may run on; a function, since Swift sees neither `sched_getaffinity` nor its macros.
int ck_usable_processors(void);

/// Keeps up to 64 MB of freed memory from now on instead of giving it back to the system, which would have to clear it for the
/// next use: each step of decoding takes and frees arrays as long as the vocabulary.
void ck_keep_freed_memory(void);

/// Asks for memory that will be read soon.
static inline void ck_prefetch(const void *memory, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)memory + i);
}

/// Tells the CPU that this is a spin loop.
static inline void ck_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
