// Declarations shared by the files of the instruction sets and by the one that selects among them.
#pragma once
#include "CKernels.h"
#include "widening.h"
#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

extern const ck_kernels ck_generic, ck_avx2, ck_avx2_vnni, ck_avx512, ck_avx512_vnni, ck_neon;

/// The products over 8-bit numbers that need an instruction of their own, for tables that share all else.
void ck_accumulate_quantized_avx2_vnni(float *y, size_t y_stride, const ck_quantized_rows *x, size_t first,
                                       size_t lanes, const uint8_t *w, size_t columns);
void ck_accumulate_quantized_avx512_vnni(float *y, size_t y_stride, const ck_quantized_rows *x, size_t first,
                                         size_t lanes, const uint8_t *w, size_t columns);
