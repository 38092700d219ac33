// Products of activations rounded to 16 bits with weights of 4 and 8 bits, in whole numbers; see QuantizedRows.h.

#include <math.h>

#include "QuantizedRows.h"

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif

// MARK: activations

long perk_rounded_row_bytes(long columns) { return rounded_row_bytes(columns); }

// The largest of these numbers; the low byte is signed too.
enum { most = 127 * 256 + 127 };

KERNEL void perk_round_rows(long rows, long columns, const float *x, void *rounded) {
    long blocks = columns / block;
    for (long r = 0; r < rows; r++) {
        int8_t *high = (int8_t *)rounded + r * rounded_row_bytes(columns), *low = high + columns;
        float *scales = (float *)(low + columns), *sums = scales + blocks;
        int32_t *counts = (int32_t *)(sums + blocks);
        for (long b = 0; b < blocks; b++, x += block, high += block, low += block) {
            // As bits, numbers that are not finite are the largest.
            uint32_t largest = 0;
            for (int i = 0; i < block; i++) {
                uint32_t magnitude = bits_of_float(x[i]) & 0x7FFFFFFF;
                largest = magnitude > largest ? magnitude : largest;
            }
            bool is_finite = largest < 0x7F800000;
            float scale = is_finite ? float_of_bits(largest) / most : NAN;
            float factor = is_finite && scale > 1e-30f ? 1 / scale : 0;
            int32_t count = 0;
            if (is_finite)
                for (int i = 0; i < block; i++) {
                    int32_t whole = (int32_t)__builtin_rintf(x[i] * factor);
                    int32_t upper = (whole + 128) >> 8;
                    high[i] = (int8_t)upper;
                    low[i] = (int8_t)(whole - upper * 256);
                    count += whole;
                }
            else {
                memset(high, 0, block);
                memset(low, 0, block);
            }
            scales[b] = scale;
            sums[b] = scale * (float)count;
            counts[b] = count;
        }
    }
}

// MARK: products

long perk_quantized_scratch_bytes(long columns) {
    return columns / block * (long)(sizeof(unpacked_block) + 2 * sizeof(float[lanes]));
}

INLINE void unpack_plainly(enum perk_quantized_format format, long columns, const uint8_t *const from[lanes],
                           unpacked_rows to) {
    const uint32_t nibbles = 0x0F0F0F0F;
    for (int row = 0; row < lanes; row++) {
        const uint8_t *source = from[row];
        for (long b = 0; b < columns / block; b++) {
            uint32_t(*q)[lanes] = to.blocks[b].q;
            switch (format) {
            case perk_quantized_q4_0:
            case perk_quantized_q4_1: {
                to.scales[b][row] = half(bits16(source));
                if (has_minimum(format)) to.minima[b][row] = half(bits16(source + 2));
                source += has_minimum(format) ? 4 : 2;
                for (int j = 0; j < 4; j++, source += 4) {
                    q[j][row] = bits32(source) & nibbles;
                    q[j + 4][row] = bits32(source) >> 4 & nibbles;
                }
                break;
            }
            case perk_quantized_q8_0:
                to.scales[b][row] = half(bits16(source));
                source += 2;
                for (int j = 0; j < quads; j++, source += 4) q[j][row] = bits32(source) ^ 0x80808080;
                break;
            case perk_quantized_q4_K: {
                int part = b % 8;
                if (part == 0) unpack_scales_q4_K(source, to.scales + b, to.minima + b, row);
                const uint8_t *pair = source + 16 + part / 2 * 32;
                for (int j = 0; j < quads; j++)
                    q[j][row] = bits32(pair + 4 * j) >> (part % 2 ? 4 : 0) & nibbles;
                if (part == 7) source += 144;
                break;
            }
            }
        }
    }
}

// The products of one row of activations with sixteen rows of weights.
INLINE void multiply_plainly(enum perk_quantized_format format, long blocks, unpacked_rows w, rounded_row x,
                             float sums[lanes]) {
    for (int r = 0; r < lanes; r++) sums[r] = 0;
    for (long b = 0; b < blocks; b++) {
        int32_t counts[lanes];
        for (int r = 0; r < lanes; r++) counts[r] = -zero_point(format) * x.counts[b];
        for (int j = 0; j < quads; j++)
            for (int r = 0; r < lanes; r++)
                for (int k = 0; k < 4; k++) {
                    long i = b * block + 4 * j + k;
                    counts[r] += (int32_t)(w.blocks[b].q[j][r] >> 8 * k & 255) * (x.high[i] * 256 + x.low[i]);
                }
        for (int r = 0; r < lanes; r++) {
            sums[r] += w.scales[b][r] * x.scales[b] * (float)counts[r];
            if (has_minimum(format)) sums[r] += w.minima[b][r] * x.sums[b];
        }
    }
}

INLINE void multiply_rows_plainly(enum perk_quantized_format format, long rows, long columns, const uint8_t *weights,
                                  long row_bytes, long n, const void *rounded, float *out, long stride,
                                  unpacked_rows scratch) {
    for (long first = 0; first < rows; first += lanes) {
        long count = rows - first < lanes ? rows - first : lanes;
        const uint8_t *from[lanes];
        address_rows(weights + first * row_bytes, row_bytes, count, from);
        unpack_plainly(format, columns, from, scratch);
        for (long i = 0; i < n; i++) {
            float sums[lanes];
            multiply_plainly(format, columns / block, scratch, row_at(rounded, columns, i), sums);
            memcpy(out + i * stride + first, sums, (size_t)count * sizeof *out);
        }
    }
}

KERNEL static void products_plainly(enum perk_quantized_format format, long rows, long columns, const uint8_t *weights,
                                    long row_bytes, long n, const void *rounded, float *out, long stride,
                                    unpacked_rows scratch) {
    FOR_EACH_FORMAT(multiply_rows_plainly, rows, columns, weights, row_bytes, n, rounded, out, stride, scratch)
}

void perk_quantized_products(enum perk_quantized_format format, long rows, long columns, const void *weights,
                             long row_bytes, long n, const void *rounded, float *out, long stride, void *scratch) {
    unpacked_rows unpacked = rows_in(scratch, columns);
    if (perk_has_vector_integers())
        perk_quantized_products_by_vectors(format, rows, columns, weights, row_bytes, n, rounded, out, stride, unpacked);
    else
        products_plainly(format, rows, columns, weights, row_bytes, n, rounded, out, stride, unpacked);
}

void perk_quantized_products_plainly(enum perk_quantized_format format, long rows, long columns, const void *weights,
                                     long row_bytes, long n, const void *rounded, float *out, long stride,
                                     void *scratch) {
    products_plainly(format, rows, columns, weights, row_bytes, n, rounded, out, stride, rows_in(scratch, columns));
}
