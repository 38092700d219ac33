// The products of QuantizedKernels.c by AVX512-VNNI; see QuantizedRows.h.

#include "QuantizedRows.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define VNNI __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma")))

bool perk_has_vector_integers(void) {
    return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl")
           && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

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

// The most rows of activations at a time: as many as the registers hold sums for.
enum { tile_rows = 8 };

// The products of `n` rows of activations, known where this is compiled, with sixteen rows of weights.
VNNI INLINE void multiply_by_vectors(enum perk_quantized_format format, long blocks, unpacked_rows w, int n,
                                     const rounded_row *x, __m512 *sums) {
    for (int i = 0; i < n; i++) sums[i] = _mm512_setzero_ps();
    for (long b = 0; b < blocks; b++) {
        __m512i high[tile_rows], counts[tile_rows];
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
    rounded_row x[tile_rows];
    __m512 sums[tile_rows];
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
        for (; i + tile_rows <= n; i += tile_rows)
            multiply_tile(format, columns, scratch, tile_rows, i, rounded, out + first, stride, mask);
        for (; i + 4 <= n; i += 4)
            multiply_tile(format, columns, scratch, 4, i, rounded, out + first, stride, mask);
        for (; i < n; i++) multiply_tile(format, columns, scratch, 1, i, rounded, out + first, stride, mask);
    }
}

VNNI void perk_quantized_products_by_vectors(enum perk_quantized_format format, long rows, long columns,
                                             const uint8_t *weights, long row_bytes, long n, const void *rounded,
                                             float *out, long stride, unpacked_rows scratch) {
    FOR_EACH_FORMAT(multiply_rows_by_vectors, rows, columns, weights, row_bytes, n, rounded, out, stride, scratch)
}

#else

bool perk_has_vector_integers(void) { return false; }

void perk_quantized_products_by_vectors(enum perk_quantized_format format, long rows, long columns,
                                        const uint8_t *weights, long row_bytes, long n, const void *rounded, float *out,
                                        long stride, unpacked_rows scratch) {
    __builtin_unreachable();
}

#endif
