// What the kernels over weights in their file's format share.

#ifndef PERK_STORED_BLOCKS_H
#define PERK_STORED_BLOCKS_H

#include <stdbool.h>
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

// Whether the first `halves` numbers of every block are finite.
INLINE bool scales_are_finite(long blocks, const uint8_t *from, long stride, int halves) {
    for (long b = 0; b < blocks; b++, from += stride)
        for (int i = 0; i < halves; i++)
            if (!is_finite_half(from + 2 * i)) return false;
    return true;
}

#endif
