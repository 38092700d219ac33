// The entry to libFuzzer, which Swift's toolchain brings as part of -sanitize=fuzzer.

#ifndef PERK_CLIBFUZZER_H
#define PERK_CLIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

typedef int (*perk_fuzz_target)(const uint8_t *start, size_t count);

int LLVMFuzzerRunDriver(int *argc, char ***argv, perk_fuzz_target target);

// Runs `target` on random inputs as the program's arguments say; returns the program's exit status.
static inline int perk_fuzz(int argc, char **argv, perk_fuzz_target target) {
    return LLVMFuzzerRunDriver(&argc, &argv, target);
}

#endif
