// What the kernels for products in whole numbers share, whatever instructions they use.
//
// Sixteen rows of weights are unpacked at a time, so that a vector holds a number of each: four consecutive weights of a
// row are a lane of 32 bits, as the processor's dot products of bytes want them, and nothing is ever summed across lanes.
// What is unpacked serves all rows of activations.

#ifndef PERK_QUANTIZED_ROWS_H
#define PERK_QUANTIZED_ROWS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "AnsweringKernels.h"
#include "HalfPrecision.h"

enum { lanes = 16, block = 32, quads = 8 };

// A rounded row holds the whole numbers 256·high + low: all high bytes, all low ones, then for each block the scale, the
// sum of its numbers times the scale, and their sum.
INLINE long rounded_row_bytes(long columns) { return 2 * columns + columns / block * 12; }

typedef struct {
    const int8_t *high, *low;
    const float *scales, *sums;
    const int32_t *counts;
} rounded_row;

INLINE rounded_row row_at(const void *rounded, long columns, long index) {
    const char *from = (const char *)rounded + index * rounded_row_bytes(columns);
    const float *scales = (const float *)(from + 2 * columns);
    long blocks = columns / block;
    return (rounded_row){(const int8_t *)from, (const int8_t *)from + columns, scales, scales + blocks,
                         (const int32_t *)(scales + 2 * blocks)};
}

// Sixteen rows of weights as whole numbers: q[quad][row] holds the weights 4·quad to 4·quad + 3 of a row.
typedef struct {
    uint32_t q[quads][lanes];
} unpacked_block;

typedef struct {
    unpacked_block *blocks;
    float (*scales)[lanes], (*minima)[lanes];
} unpacked_rows;

INLINE unpacked_rows rows_in(void *scratch, long columns) {
    long blocks = columns / block;
    unpacked_block *first = scratch;
    float(*scales)[lanes] = (float(*)[lanes])(first + blocks);
    return (unpacked_rows){first, scales, scales + blocks};
}

// What stands for a weight of 0 among the whole numbers, where the format has no minimum.
INLINE int32_t zero_point(enum perk_quantized_format format) {
    return format == perk_quantized_q4_0 ? 8 : format == perk_quantized_q8_0 ? 128 : 0;
}

INLINE bool has_minimum(enum perk_quantized_format format) {
    return format == perk_quantized_q4_1 || format == perk_quantized_q4_K;
}

// The scales and minima of the eight blocks that a block of q4_K consists of, for one row.
INLINE void unpack_scales_q4_K(const uint8_t *from, float (*scales)[lanes], float (*minima)[lanes], int row) {
    float d = half(bits16(from)), dmin = half(bits16(from + 2));
    const uint8_t *s = from + 4;
    for (int j = 0; j < 4; j++) {
        scales[j][row] = d * (float)(s[j] & 63);
        minima[j][row] = -dmin * (float)(s[j + 4] & 63);
        scales[j + 4][row] = d * (float)((s[j + 8] & 15) | (s[j] >> 6) << 4);
        minima[j + 4][row] = -dmin * (float)((s[j + 8] >> 4) | (s[j + 4] >> 6) << 4);
    }
}

INLINE uint32_t bits32(const uint8_t *source) {
    uint32_t bits;
    memcpy(&bits, source, sizeof bits);
    return bits;
}

// The addresses of sixteen rows; where there are fewer, the last one stands for those that are missing.
INLINE void address_rows(const uint8_t *weights, long row_bytes, long count, const uint8_t *from[lanes]) {
    for (int r = 0; r < lanes; r++) from[r] = weights + (r < count ? r : count - 1) * row_bytes;
}

// A format that is known where the function is compiled, in each of its versions.
#define FOR_EACH_FORMAT(FUNCTION, ...)                                                                                 \
    switch (format) {                                                                                                  \
    case perk_quantized_q4_0: FUNCTION(perk_quantized_q4_0, __VA_ARGS__); break;                                       \
    case perk_quantized_q4_1: FUNCTION(perk_quantized_q4_1, __VA_ARGS__); break;                                       \
    case perk_quantized_q8_0: FUNCTION(perk_quantized_q8_0, __VA_ARGS__); break;                                       \
    case perk_quantized_q4_K: FUNCTION(perk_quantized_q4_K, __VA_ARGS__); break;                                       \
    }

// Whether the processor has AVX512-VNNI.
bool perk_has_vector_integers(void);

// As `perk_quantized_products`, on a processor that has it.
void perk_quantized_products_by_vectors(enum perk_quantized_format format, long rows, long columns,
                                        const uint8_t *weights, long row_bytes, long n, const void *rounded, float *out,
                                        long stride, unpacked_rows scratch);

#endif
