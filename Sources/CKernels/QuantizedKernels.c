// Products of activations rounded to 16 bits with weights of 4 and 8 bits, in whole numbers.
//
// Sixteen rows of weights are unpacked at a time, so that a vector holds a number of each: four consecutive weights of a
// row are a lane of 32 bits, as the processor's dot products of bytes want them, and nothing is ever summed across lanes.
// What is unpacked serves all rows of activations.

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "AnsweringKernels.h"
#include "HalfPrecision.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma")))
#else
#define KERNEL
#endif

enum { lanes = 16, block = 32, quads = 8 };

// MARK: activations

// A rounded row holds the whole numbers 256·high + low: all high bytes, all low ones, then for each block the scale, the
// sum of its numbers times the scale, and their sum.
long perk_rounded_row_bytes(long columns) { return 2 * columns + columns / block * 12; }

// The largest of these numbers; the low byte is signed too.
enum { most = 127 * 256 + 127 };

typedef struct {
    const int8_t *high, *low;
    const float *scales, *sums;
    const int32_t *counts;
} rounded_row;

INLINE rounded_row row_at(const void *rounded, long columns, long index) {
    const char *from = (const char *)rounded + index * perk_rounded_row_bytes(columns);
    const float *scales = (const float *)(from + 2 * columns);
    long blocks = columns / block;
    return (rounded_row){(const int8_t *)from, (const int8_t *)from + columns, scales, scales + blocks,
                         (const int32_t *)(scales + 2 * blocks)};
}

KERNEL void perk_round_rows(long rows, long columns, const float *x, void *rounded) {
    long blocks = columns / block;
    for (long r = 0; r < rows; r++) {
        int8_t *high = (int8_t *)rounded + r * perk_rounded_row_bytes(columns), *low = high + columns;
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

// MARK: weights

// Sixteen rows of weights as whole numbers: q[quad][row] holds the weights 4·quad to 4·quad + 3 of a row.
typedef struct {
    uint32_t q[quads][lanes];
} unpacked_block;

typedef struct {
    unpacked_block *blocks;
    float (*scales)[lanes], (*minima)[lanes];
} unpacked_rows;

long perk_quantized_scratch_bytes(long columns) {
    return columns / block * (long)(sizeof(unpacked_block) + 2 * sizeof(float[lanes]));
}

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

// MARK: products

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

// The addresses of sixteen rows; where there are fewer, the last one stands for those that are missing.
INLINE void address_rows(const uint8_t *weights, long row_bytes, long count, const uint8_t *from[lanes]) {
    for (int r = 0; r < lanes; r++) from[r] = weights + (r < count ? r : count - 1) * row_bytes;
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

// A format that is known where the function is compiled, in each of its versions.
#define FOR_EACH_FORMAT(FUNCTION, ...)                                                                                 \
    switch (format) {                                                                                                  \
    case perk_quantized_q4_0: FUNCTION(perk_quantized_q4_0, __VA_ARGS__); break;                                       \
    case perk_quantized_q4_1: FUNCTION(perk_quantized_q4_1, __VA_ARGS__); break;                                       \
    case perk_quantized_q8_0: FUNCTION(perk_quantized_q8_0, __VA_ARGS__); break;                                       \
    case perk_quantized_q4_K: FUNCTION(perk_quantized_q4_K, __VA_ARGS__); break;                                       \
    }

KERNEL static void products_plainly(enum perk_quantized_format format, long rows, long columns, const uint8_t *weights,
                                    long row_bytes, long n, const void *rounded, float *out, long stride,
                                    unpacked_rows scratch) {
    FOR_EACH_FORMAT(multiply_rows_plainly, rows, columns, weights, row_bytes, n, rounded, out, stride, scratch)
}

#if defined(__x86_64__)

// MARK: AVX512-VNNI

// 16 bytes at `offset` from each of sixteen rows, as four vectors of each row's first, second, third and fourth four.
VNNI INLINE void transpose_bytes(const uint8_t *const from[lanes], long offset, __m512i out[4]) {
    __m512i t[4];
    for (int i = 0; i < 4; i++) {
        __m512i rows = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(from[i] + offset)));
        rows = _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(from[i + 4] + offset)), 1);
        rows = _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(from[i + 8] + offset)), 2);
        t[i] = _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(from[i + 12] + offset)), 3);
    }
    __m512i low01 = _mm512_unpacklo_epi32(t[0], t[1]), high01 = _mm512_unpackhi_epi32(t[0], t[1]);
    __m512i low23 = _mm512_unpacklo_epi32(t[2], t[3]), high23 = _mm512_unpackhi_epi32(t[2], t[3]);
    out[0] = _mm512_unpacklo_epi64(low01, low23);
    out[1] = _mm512_unpackhi_epi64(low01, low23);
    out[2] = _mm512_unpacklo_epi64(high01, high23);
    out[3] = _mm512_unpackhi_epi64(high01, high23);
}

// 32 bits at `offset` from each of sixteen rows.
VNNI INLINE __m512i gather_words(const uint8_t *const from[lanes], long offset) {
    uint32_t words[lanes];
    for (int r = 0; r < lanes; r++) words[r] = bits32(from[r] + offset);
    return _mm512_loadu_si512(words);
}

// The lower halves of each 32 bits as numbers of 16.
VNNI INLINE __m512 lower_halves(__m512i words) { return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(words)); }

VNNI INLINE void unpack_nibbles(const __m512i bytes[4], int shift, uint32_t (*q)[lanes]) {
    const __m512i nibbles = _mm512_set1_epi8(15);
    for (int j = 0; j < 4; j++)
        _mm512_storeu_si512(q[j], _mm512_and_si512(_mm512_srli_epi32(bytes[j], (unsigned)shift), nibbles));
}

VNNI INLINE void unpack_by_vectors(enum perk_quantized_format format, long columns, const uint8_t *const from[lanes],
                                   const uint8_t *following, unpacked_rows to) {
    long bytes = format == perk_quantized_q4_0 ? 18 : format == perk_quantized_q4_1 ? 20 : 34;
    for (long b = 0; b < columns / block; b++) {
        uint32_t(*q)[lanes] = to.blocks[b].q;
        __m512i quarters[4];
        if (format == perk_quantized_q4_K) {
            long part = b % 8, start = b / 8 * 144;
            if (part == 0)
                for (int r = 0; r < lanes; r++)
                    unpack_scales_q4_K(from[r] + start, to.scales + b, to.minima + b, r);
            for (int side = 0; side < 2; side++) {
                transpose_bytes(from, start + 16 + part / 2 * 32 + 16 * side, quarters);
                unpack_nibbles(quarters, part % 2 ? 4 : 0, q + 4 * side);
            }
            continue;
        }
        long start = b * bytes;
        __m512i head = gather_words(from, start);
        _mm512_storeu_ps(to.scales[b], lower_halves(head));
        if (format == perk_quantized_q4_1)
            _mm512_storeu_ps(to.minima[b], lower_halves(_mm512_srli_epi32(head, 16)));
        if (format == perk_quantized_q8_0) {
            for (int side = 0; side < 2; side++) {
                transpose_bytes(from, start + 2 + 16 * side, quarters);
                for (int j = 0; j < 4; j++)
                    _mm512_storeu_si512(q[4 * side + j], _mm512_xor_si512(quarters[j], _mm512_set1_epi8(-128)));
            }
        } else {
            transpose_bytes(from, start + (format == perk_quantized_q4_1 ? 4 : 2), quarters);
            unpack_nibbles(quarters, 0, q);
            unpack_nibbles(quarters, 4, q + 4);
        }
        // The next sixteen rows lie behind these. Asking for memory that is not there does nothing.
        for (long line = 0; line < lanes * bytes; line += 64)
            __builtin_prefetch(following + b * lanes * bytes + line);
    }
}

// Four bytes, sixteen times.
VNNI INLINE __m512i four_bytes(const int8_t *from) {
    return _mm512_set1_epi32((int)bits32((const uint8_t *)from));
}

// The products of `n` rows of activations, known where this is compiled, with sixteen rows of weights.
VNNI INLINE void multiply_by_vectors(enum perk_quantized_format format, long blocks, unpacked_rows w, int n,
                                     const rounded_row *x, __m512 *sums) {
    for (int i = 0; i < n; i++) sums[i] = _mm512_setzero_ps();
    for (long b = 0; b < blocks; b++) {
        __m512i high[4], counts[4];
        for (int i = 0; i < n; i++) {
            high[i] = _mm512_setzero_si512();
            counts[i] = _mm512_set1_epi32(-zero_point(format) * x[i].counts[b]);
        }
        for (int j = 0; j < quads; j++) {
            __m512i q = _mm512_loadu_si512(w.blocks[b].q[j]);
            for (int i = 0; i < n; i++) {
                high[i] = _mm512_dpbusd_epi32(high[i], q, four_bytes(x[i].high + b * block + 4 * j));
                counts[i] = _mm512_dpbusd_epi32(counts[i], q, four_bytes(x[i].low + b * block + 4 * j));
            }
        }
        for (int i = 0; i < n; i++) counts[i] = _mm512_add_epi32(counts[i], _mm512_slli_epi32(high[i], 8));
        __m512 scales = _mm512_loadu_ps(w.scales[b]);
        for (int i = 0; i < n; i++) {
            __m512 scale = _mm512_mul_ps(scales, _mm512_set1_ps(x[i].scales[b]));
            sums[i] = _mm512_fmadd_ps(scale, _mm512_cvtepi32_ps(counts[i]), sums[i]);
            if (has_minimum(format))
                sums[i] = _mm512_fmadd_ps(_mm512_loadu_ps(w.minima[b]), _mm512_set1_ps(x[i].sums[b]), sums[i]);
        }
    }
}

VNNI INLINE void multiply_tile(enum perk_quantized_format format, long columns, unpacked_rows w, int n, long first,
                               const void *rounded, float *out, long stride, __mmask16 mask) {
    rounded_row x[4];
    __m512 sums[4];
    for (int i = 0; i < n; i++) x[i] = row_at(rounded, columns, first + i);
    multiply_by_vectors(format, columns / block, w, n, x, sums);
    for (int i = 0; i < n; i++) _mm512_mask_storeu_ps(out + (first + i) * stride, mask, sums[i]);
}

VNNI INLINE void multiply_rows_by_vectors(enum perk_quantized_format format, long rows, long columns,
                                          const uint8_t *weights, long row_bytes, long n, const void *rounded,
                                          float *out, long stride, unpacked_rows scratch) {
    for (long first = 0; first < rows; first += lanes) {
        long count = rows - first < lanes ? rows - first : lanes;
        const uint8_t *from[lanes], *here = weights + first * row_bytes;
        address_rows(here, row_bytes, count, from);
        unpack_by_vectors(format, columns, from, here + lanes * row_bytes, scratch);
        __mmask16 mask = (__mmask16)((1u << count) - 1);
        long i = 0;
        for (; i + 4 <= n; i += 4)
            multiply_tile(format, columns, scratch, 4, i, rounded, out + first, stride, mask);
        for (; i < n; i++) multiply_tile(format, columns, scratch, 1, i, rounded, out + first, stride, mask);
    }
}

VNNI static void products_by_vectors(enum perk_quantized_format format, long rows, long columns, const uint8_t *weights,
                                     long row_bytes, long n, const void *rounded, float *out, long stride,
                                     unpacked_rows scratch) {
    FOR_EACH_FORMAT(multiply_rows_by_vectors, rows, columns, weights, row_bytes, n, rounded, out, stride, scratch)
}

#endif

void perk_quantized_products(enum perk_quantized_format format, long rows, long columns, const void *weights,
                             long row_bytes, long n, const void *rounded, float *out, long stride, void *scratch) {
    unpacked_rows unpacked = rows_in(scratch, columns);
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw")) {
        products_by_vectors(format, rows, columns, weights, row_bytes, n, rounded, out, stride, unpacked);
        return;
    }
#endif
    products_plainly(format, rows, columns, weights, row_bytes, n, rounded, out, stride, unpacked);
}

void perk_quantized_products_plainly(enum perk_quantized_format format, long rows, long columns, const void *weights,
                                     long row_bytes, long n, const void *rounded, float *out, long stride,
                                     void *scratch) {
    products_plainly(format, rows, columns, weights, row_bytes, n, rounded, out, stride, rows_in(scratch, columns));
}
