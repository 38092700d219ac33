// Kernels over weights in their file's format: 16 or 32 bits each, or GGUF's blocks of a few bits a weight.
//
// `source` holds `blocks` whole blocks one after the other, little-endian, and need not be aligned; `out` takes every
// weight of them as a float. No function reads or writes beyond these sizes, allocates, or keeps state.

#ifndef PERK_DEQUANTIZATION_H
#define PERK_DEQUANTIZATION_H

#include <stdbool.h>

#define PERK_DECLARE_FORMAT(FORMAT)                                                                                    \
    void perk_dequantize_##FORMAT(long blocks, const void *source, float *out);                                             \
    bool perk_is_finite_##FORMAT(long blocks, const void *source);

PERK_DECLARE_FORMAT(float32)
PERK_DECLARE_FORMAT(float16)
PERK_DECLARE_FORMAT(bfloat16)
PERK_DECLARE_FORMAT(q4_0)
PERK_DECLARE_FORMAT(q4_1)
PERK_DECLARE_FORMAT(q5_0)
PERK_DECLARE_FORMAT(q5_1)
PERK_DECLARE_FORMAT(q8_0)
PERK_DECLARE_FORMAT(q2_K)
PERK_DECLARE_FORMAT(q3_K)
PERK_DECLARE_FORMAT(q4_K)
PERK_DECLARE_FORMAT(q5_K)
PERK_DECLARE_FORMAT(q6_K)
PERK_DECLARE_FORMAT(iq4_NL)

#endif
