// Numbers of 16 bits, as the files of models hold them.

#ifndef PERK_HALF_PRECISION_H
#define PERK_HALF_PRECISION_H

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE float float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

INLINE uint32_t bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// IEEE 754 binary16. A normal number's exponent is moved from bias 15 to bias 127, that of infinities and NaNs to the
// top; a subnormal's fraction counts units of 2^-24, which are the units of a float in [0.5, 1).
INLINE float half(uint16_t half_bits) {
    uint32_t magnitude = half_bits & 0x7FFF, sign = (uint32_t)(half_bits & 0x8000) << 16;
    uint32_t normal = (magnitude << 13) + (magnitude >= 0x7C00 ? 0x70000000 : 0x38000000);
    uint32_t subnormal = bits_of_float(float_of_bits(0x3F000000 | magnitude) - 0.5f);
    return float_of_bits((magnitude < 0x400 ? subnormal : normal) | sign);
}

INLINE uint16_t bits16(const uint8_t *source) {
    uint16_t bits;
    memcpy(&bits, source, sizeof bits);
    return bits;
}

#endif
