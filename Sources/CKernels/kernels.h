// What the instruction sets' files share with the one that chooses among them.
#pragma once
#include "CKernels.h"
#include "widening.h"
#include <math.h>
#include <string.h>

extern const ck_kernels ck_generic, ck_avx2, ck_avx512, ck_neon;
