// Kernels over weights in GGUF's blocks of 256, which consist of groups with scales of their own.
//
// Every product of a half, a scale and a weight is exact in a float, so that fusing it with a sum changes nothing.

#include "Dequantization.h"

#include "StoredBlocks.h"

// The scales and minima of the 8 groups of a block that begins with the halves d and dmin and 12 bytes with a scale and a
// minimum of 6 bits for each group: d·scale and dmin·minimum. These products are exact.
INLINE void unpack_scales(const uint8_t *from, float scales[8], float minima[8]) {
    float d = half(bits16(from)), dmin = half(bits16(from + 2));
    const uint8_t *s = from + 4;
    for (int j = 0; j < 4; j++) {
        scales[j] = d * (float)(s[j] & 63);
        minima[j] = dmin * (float)(s[j + 4] & 63);
        scales[j + 4] = d * (float)((s[j + 8] & 15) | (s[j] >> 6) << 4);
        minima[j + 4] = dmin * (float)((s[j + 8] >> 4) | (s[j + 4] >> 6) << 4);
    }
}

// 16 bytes with a scale and a minimum of 4 bits for each of 16 groups, 64 bytes with 2 bits of each weight, halves d and
// dmin; d·scale·q - dmin·minimum. Of each 32 bytes of bits, the lowest of all are two groups, and so on upwards.
KERNEL void perk_dequantize_q2_K(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 84) {
        prefetch(from, 84);
        float d = half(bits16(from + 80)), dmin = half(bits16(from + 82));
        for (int group = 0; group < 16; group++, out += 16) {
            const uint8_t *q = from + 16 + group / 8 * 32 + group % 2 * 16;
            int shift = group % 8 / 2 * 2;
            float scale = d * (float)(from[group] & 15), minimum = dmin * (float)(from[group] >> 4);
            for (int i = 0; i < 16; i++) out[i] = scale * (float)(q[i] >> shift & 3) - minimum;
        }
    }
}

// 32 bytes with the third bit of each weight, 64 bytes with the lower 2 as of q2_K, 12 bytes with the scales of 16 groups:
// the lower 4 bits of each in 8 bytes, the upper 2 in 4; a half d. (q - 4)·(scale - 32)·d.
KERNEL void perk_dequantize_q3_K(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 110) {
        prefetch(from, 110);
        float d = half(bits16(from + 108));
        const uint8_t *s = from + 96;
        for (int group = 0; group < 16; group++, out += 16) {
            const uint8_t *q = from + 32 + group / 8 * 32 + group % 2 * 16, *third = from + group % 2 * 16;
            int shift = group % 8 / 2 * 2, bit = group / 2;
            int lower = group < 8 ? s[group] & 15 : s[group - 8] >> 4;
            float scale = d * (float)((lower | (s[8 + group % 4] >> group / 4 * 2 & 3) << 4) - 32);
            for (int i = 0; i < 16; i++)
                out[i] = scale * (float)(((q[i] >> shift & 3) | (third[i] >> bit & 1) << 2) - 4);
        }
    }
}

// Halves d and dmin, 12 bytes with a scale and a minimum of 6 bits for each of 8 groups, 128 bytes of nibbles; each
// 32 bytes hold a group in the low nibbles and the next one in the high ones; d·scale·q - dmin·minimum. The products
// are exact.
KERNEL void perk_dequantize_q4_K(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 144) {
        prefetch(from, 144);
        const uint8_t *q = from + 16;
        float scales[8], minima[8];
        unpack_scales(from, scales, minima);
        for (int j = 0; j < 8; j += 2, q += 32, out += 64)
            for (int i = 0; i < 32; i++) {
                out[i] = scales[j] * (float)(q[i] & 15) - minima[j];
                out[i + 32] = scales[j + 1] * (float)(q[i] >> 4) - minima[j + 1];
            }
    }
}

// As q4_K, with 32 bytes of fifth bits before the nibbles: bit j of byte i is that of weight i of group j.
KERNEL void perk_dequantize_q5_K(long blocks, const void *restrict source, float *restrict out) {
    const uint8_t *from = source;
    for (long b = 0; b < blocks; b++, from += 176) {
        prefetch(from, 176);
        const uint8_t *fifth = from + 16, *q = from + 48;
        float scales[8], minima[8];
        unpack_scales(from, scales, minima);
        for (int j = 0; j < 8; j += 2, q += 32, out += 64)
            for (int i = 0; i < 32; i++) {
                out[i] = scales[j] * (float)((q[i] & 15) | (fifth[i] >> j & 1) << 4) - minima[j];
                out[i + 32] = scales[j + 1] * (float)((q[i] >> 4) | (fifth[i] >> (j + 1) & 1) << 4) - minima[j + 1];
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

bool perk_is_finite_q5_K(long blocks, const void *source) { return scales_are_finite(blocks, source, 176, 2); }

bool perk_is_finite_q2_K(long blocks, const void *source) {
    return blocks == 0 || scales_are_finite(blocks, (const uint8_t *)source + 80, 84, 2);
}

bool perk_is_finite_q3_K(long blocks, const void *source) {
    return blocks == 0 || scales_are_finite(blocks, (const uint8_t *)source + 108, 110, 1);
}
