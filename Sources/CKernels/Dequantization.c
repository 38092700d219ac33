// Kernels over weights in their file's format.
//
// Numbers are copied out of the source, which need not be aligned. They are little-endian there, as on every machine
// that this is built for.

#include "Dequantization.h"

#include <stdint.h>
#include <string.h>

#include "HalfPrecision.h"

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif

// Asks for the bytes that come a page after these, which the processor by itself does not look ahead for; without them
// it waits for memory half of the time. Asking for memory that is not there does nothing.
INLINE void prefetch(const uint8_t *from, int count) {
    for (int offset = 0; offset < count; offset += 64) __builtin_prefetch(from + 4096 + offset);
}

INLINE bool is_finite_half(const uint8_t *source) { return (bits16(source) & 0x7C00) != 0x7C00; }

// MARK: one weight a block

KERNEL void perk_dequantize_float32(long blocks, const void *restrict source, float *restrict out) {
    memcpy(out, source, (size_t)blocks * sizeof *out);
}

// Runs of 32 weights, then the rest.
#define WIDEN(FORMAT, VALUE)                                                                                           \
    KERNEL void perk_dequantize_##FORMAT(long blocks, const void *restrict source, float *restrict out) {                   \
        const uint8_t *from = source;                                                                                  \
        long i = 0;                                                                                                    \
        for (; i + 32 <= blocks; i += 32) {                                                                            \
            prefetch(from + 2 * i, 64);                                                                                \
            for (long j = i; j < i + 32; j++) out[j] = VALUE(bits16(from + 2 * j));                                    \
        }                                                                                                              \
        for (; i < blocks; i++) out[i] = VALUE(bits16(from + 2 * i));                                                  \
    }

// BF16 is the upper half of a float.
INLINE float upper_half(uint16_t bits) { return float_of_bits((uint32_t)bits << 16); }

WIDEN(float16, half)
WIDEN(bfloat16, upper_half)

// A number is finite unless every bit of its exponent is set.
KERNEL bool perk_is_finite_float32(long blocks, const void *source) {
    const uint8_t *from = source;
    uint32_t largest = 0;
    for (long i = 0; i < blocks; i++) {
        uint32_t bits;
        memcpy(&bits, from + 4 * i, sizeof bits);
        bits &= 0x7F800000;
        largest = bits > largest ? bits : largest;
    }
    return largest != 0x7F800000;
}

INLINE bool exponents_stay_below(long count, const uint8_t *from, uint16_t mask) {
    uint16_t largest = 0;
    for (long i = 0; i < count; i++) {
        uint16_t exponent = bits16(from + 2 * i) & mask;
        largest = exponent > largest ? exponent : largest;
    }
    return largest != mask;
}

KERNEL bool perk_is_finite_float16(long blocks, const void *source) {
    return exponents_stay_below(blocks, source, 0x7C00);
}

KERNEL bool perk_is_finite_bfloat16(long blocks, const void *source) {
    return exponents_stay_below(blocks, source, 0x7F80);
}

// MARK: 32 weights a block

typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef float floats16 __attribute__((vector_size(64)));

// scale·q + offset for the low halves of 16 bytes, then for the high ones. Written with vectors because compilers do
// not find them in loops as short as these. A product of a half and a nibble is exact, so fusing it changes nothing.
INLINE void dequantize_nibbles(const uint8_t *source, float scale, float offset, float *out) {
    bytes16 q;
    memcpy(&q, source, sizeof q);
    floats16 low = __builtin_convertvector(q & 15, floats16) * scale + offset;
    floats16 high = __builtin_convertvector(q >> 4, floats16) * scale + offset;
    memcpy(out, &low, sizeof low);
    memcpy(out + 16, &high, sizeof high);
}

// A half d, then 16 bytes: weights 0-15 in the low nibbles, 16-31 in the high ones; (q - 8)·d.
KERNEL void perk_dequantize_q4_0(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 18, out += 32) {
        prefetch(from, 18);
        float d = half(bits16(from));
        dequantize_nibbles(from + 2, d, -8 * d, out);
    }
}

// As q4_0, with a half m behind d; q·d + m.
KERNEL void perk_dequantize_q4_1(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 20, out += 32) {
        prefetch(from, 20);
        dequantize_nibbles(from + 4, half(bits16(from)), half(bits16(from + 2)), out);
    }
}

// A half d, then 32 signed bytes; q·d.
KERNEL void perk_dequantize_q8_0(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 34, out += 32) {
        prefetch(from, 34);
        float d = half(bits16(from));
        for (int i = 0; i < 32; i++) out[i] = d * (float)(int8_t)from[2 + i];
    }
}

// Whether the first `halves` numbers of every block are finite.
INLINE bool scales_are_finite(long blocks, const uint8_t *from, long stride, int halves) {
    for (long b = 0; b < blocks; b++, from += stride)
        for (int i = 0; i < halves; i++)
            if (!is_finite_half(from + 2 * i)) return false;
    return true;
}

bool perk_is_finite_q4_0(long blocks, const void *source) { return scales_are_finite(blocks, source, 18, 1); }
bool perk_is_finite_q4_1(long blocks, const void *source) { return scales_are_finite(blocks, source, 20, 2); }
bool perk_is_finite_q8_0(long blocks, const void *source) { return scales_are_finite(blocks, source, 34, 1); }

// MARK: 256 weights a block

// Halves d and dmin, 12 bytes with a scale and a minimum of 6 bits for each of 8 groups, 128 bytes of nibbles; each
// 32 bytes hold a group in the low nibbles and the next one in the high ones; d·scale·q - dmin·minimum. The products
// are exact.
KERNEL void perk_dequantize_q4_K(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 144) {
        prefetch(from, 144);
        float d = half(bits16(from)), dmin = half(bits16(from + 2));
        const uint8_t *s = from + 4, *q = from + 16;
        float scales[8], minima[8];
        for (int j = 0; j < 4; j++) {
            scales[j] = d * (float)(s[j] & 63);
            minima[j] = dmin * (float)(s[j + 4] & 63);
            scales[j + 4] = d * (float)((s[j + 8] & 15) | (s[j] >> 6) << 4);
            minima[j + 4] = dmin * (float)((s[j + 8] >> 4) | (s[j + 4] >> 6) << 4);
        }
        for (int j = 0; j < 8; j += 2, q += 32, out += 64)
            for (int i = 0; i < 32; i++) {
                out[i] = scales[j] * (float)(q[i] & 15) - minima[j];
                out[i + 32] = scales[j + 1] * (float)(q[i] >> 4) - minima[j + 1];
            }
    }
}

// 128 bytes with the lower 4 bits, 64 bytes with the upper 2, 16 signed scales, a half d; (q - 32)·scale·d.
KERNEL void perk_dequantize_q6_K(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 210) {
        prefetch(from, 210);
        float d = half(bits16(from + 208));
        for (int part = 0; part < 2; part++, out += 128) {
            const uint8_t *low = from + 64 * part, *high = from + 128 + 32 * part, *scales = from + 192 + 8 * part;
            for (int group = 0; group < 2; group++) {
                float scale[4];
                for (int j = 0; j < 4; j++) scale[j] = d * (float)(int8_t)scales[group + 2 * j];
                for (int i = 16 * group; i < 16 * group + 16; i++) {
                    out[i] = scale[0] * (float)(((low[i] & 15) | (high[i] & 3) << 4) - 32);
                    out[i + 32] = scale[1] * (float)(((low[i + 32] & 15) | (high[i] >> 2 & 3) << 4) - 32);
                    out[i + 64] = scale[2] * (float)(((low[i] >> 4) | (high[i] >> 4 & 3) << 4) - 32);
                    out[i + 96] = scale[3] * (float)(((low[i + 32] >> 4) | (high[i] >> 6) << 4) - 32);
                }
            }
        }
    }
}

bool perk_is_finite_q4_K(long blocks, const void *source) { return scales_are_finite(blocks, source, 144, 2); }

bool perk_is_finite_q6_K(long blocks, const void *source) {
    return blocks == 0 || scales_are_finite(blocks, (const uint8_t *)source + 208, 210, 1);
}
