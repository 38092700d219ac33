// Kernels over weights in their file's format: weights that stand alone, and blocks of 32.
//
// Numbers are copied out of the source, which need not be aligned. They are little-endian there, as on every machine
// that this is built for.

#include "Dequantization.h"

#include "StoredBlocks.h"

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

// scale·(q + shift) + offset for 32 weights of five bits: the fifth ones in 4 bytes, then nibbles.
INLINE void dequantize_five_bits(const uint8_t *source, float scale, int shift, float offset, float *out) {
    uint32_t fifth;
    memcpy(&fifth, source, sizeof fifth);
    for (int i = 0; i < 16; i++) {
        int low = (source[4 + i] & 15) | (int)(fifth >> i & 1) << 4;
        int high = (source[4 + i] >> 4) | (int)(fifth >> (i + 16) & 1) << 4;
        out[i] = (float)(low + shift) * scale + offset;
        out[i + 16] = (float)(high + shift) * scale + offset;
    }
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

// A half d, 4 bytes with the fifth bits, bit i of weight i, then nibbles as of q4_0; (q - 16)·d.
KERNEL void perk_dequantize_q5_0(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 22, out += 32) {
        prefetch(from, 22);
        dequantize_five_bits(from + 2, half(bits16(from)), -16, 0, out);
    }
}

// As q5_0, with a half m behind d; q·d + m.
KERNEL void perk_dequantize_q5_1(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 24, out += 32) {
        prefetch(from, 24);
        dequantize_five_bits(from + 4, half(bits16(from)), 0, half(bits16(from + 2)), out);
    }
}

// A half d, then nibbles as of q4_0, each of which stands for one of 16 numbers, more of them near zero.
KERNEL void perk_dequantize_iq4_NL(long blocks, const void *restrict source, float *restrict out) {
    static const float levels[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 18, out += 32) {
        prefetch(from, 18);
        float d = half(bits16(from));
        for (int i = 0; i < 16; i++) {
            out[i] = d * levels[from[2 + i] & 15];
            out[i + 16] = d * levels[from[2 + i] >> 4];
        }
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

bool perk_is_finite_q4_0(long blocks, const void *source) { return scales_are_finite(blocks, source, 18, 1); }
bool perk_is_finite_q4_1(long blocks, const void *source) { return scales_are_finite(blocks, source, 20, 2); }
bool perk_is_finite_q5_0(long blocks, const void *source) { return scales_are_finite(blocks, source, 22, 1); }
bool perk_is_finite_q5_1(long blocks, const void *source) { return scales_are_finite(blocks, source, 24, 2); }
bool perk_is_finite_iq4_NL(long blocks, const void *source) { return scales_are_finite(blocks, source, 18, 1); }
bool perk_is_finite_q8_0(long blocks, const void *source) { return scales_are_finite(blocks, source, 34, 1); }
