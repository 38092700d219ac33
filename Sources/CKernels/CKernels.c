// Instantiates the kernels of Kernels.inc for float and for double.
//
// Each function is compiled for several instruction sets and the best one is chosen when the program is loaded. Sums may
// be reassociated into vector lanes, always in the same way on one machine: results do not depend on threads.

#include "CKernels.h"

#include <math.h>
#include <string.h>

#pragma clang fp reassociate(on) contract(fast)

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif

// exp for float: 2^n · p(r) with r in [-ln2/2, ln2/2], relative error below 2e-7; saturates outside the normal range.
static inline __attribute__((always_inline)) float exponential_f32(float x) {
#pragma clang fp reassociate(off)
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    float n = __builtin_rintf(x * 1.44269504f);
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float p = 1.3888889e-3f;
    p = p * r + 8.3333333e-3f;
    p = p * r + 4.1666667e-2f;
    p = p * r + 1.6666667e-1f;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    int32_t bits = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    // A NaN argument has reached `r` and through it `p`.
    return p * power;
}

static inline __attribute__((always_inline)) double exponential_f64(double x) { return exp(x); }

static inline __attribute__((always_inline)) float root_f32(float x) { return __builtin_sqrtf(x); }
static inline __attribute__((always_inline)) double root_f64(double x) { return __builtin_sqrt(x); }

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

#define T float
#define S f32
#include "Kernels.inc"
#undef T
#undef S

#define T double
#define S f64
#include "Kernels.inc"
