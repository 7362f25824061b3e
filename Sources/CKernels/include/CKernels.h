// Kernels that OpenBLAS lacks, chosen at run time by what the CPU has.
#pragma once
#include <stddef.h>
#include <stdint.h>
