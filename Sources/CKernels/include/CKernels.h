// Elementwise and row-wise kernels over contiguous arrays, in float and in double.
//
// Every function exists twice, with the suffixes _f32 and _f64. Sizes count elements; `rows` and `width` describe a
// row-major matrix [rows, width]. Output may alias an input of the same shape unless a comment says otherwise.
// No function reads or writes beyond the sizes it is given, allocates, or keeps state.

#ifndef PERK_CKERNELS_H
#define PERK_CKERNELS_H

#include <stdint.h>

#include "AnsweringKernels.h"
#include "Dequantization.h"
#include "Products.h"

// The scalar functions of `perk_map`, each with its first two derivatives (`order` 0, 1, 2).
enum perk_function {
    perk_function_silu,             // x·sigmoid(x)
    perk_function_gelu,             // x·Φ(x), by the error function
    perk_function_gelu_tanh,        // x·(1 + tanh(√(2/π)·(x + 0.044715x³)))/2
    perk_function_softplus,         // log(1 + exp(βx)) / β, β = `parameter`
    perk_function_sigmoid,          // 1 / (1 + exp(-x))
    perk_function_exponential,      // exp(x)
    perk_function_reciprocal_root,  // (x + ε)^(-1/2), ε = `parameter`
};

// The settings of one step of AdamW: `m_scale` and `v_scale` are 1 / (1 - beta^(step + 1)), the bias corrections, and
// `root_epsilon` stands under the root beside v.
struct perk_adamw {
    double rate, weight_decay, beta1, beta2, epsilon, root_epsilon, m_scale, v_scale;
};

#define PERK_DECLARE(T, S)                                                                                             \
    void perk_add_##S(long count, const T *a, const T *b, T *out);                                                     \
    void perk_subtract_##S(long count, const T *a, const T *b, T *out);                                                \
    void perk_multiply_##S(long count, const T *a, const T *b, T *out);                                                \
    void perk_multiply_add_##S(long count, const T *a, const T *b, T *into);                                           \
    void perk_scale_##S(long count, const T *a, T factor, T *out);                                                     \
    void perk_add_scaled_##S(long count, const T *a, T factor, T *into);                                               \
    double perk_dot_##S(long count, const T *a, const T *b);                                                           \
    void perk_argmax_rows_##S(long rows, long width, const T *a, int64_t *out);                                        \
    double perk_log_sum_##S(long count, const T *x, T top, T factor);                                                  \
    void perk_map_##S(enum perk_function function, int order, T parameter, long count, const T *a, T *out);            \
    void perk_gate_##S(long count, const T *g, const T *u, T *out);                                                    \
    void perk_gate_tangent_##S(long count, const T *g, const T *u, const T *dg, const T *du, T *out);                  \
    void perk_gate_pullback_##S(long count, const T *g, const T *u, const T *y, T *g_bar, T *u_bar);                   \
    void perk_gate_pullback_tangent_##S(long count, const T *g, const T *u, const T *y, const T *dg, const T *du,      \
                                        const T *dy, T *g_bar, T *u_bar);                                              \
    void perk_add_to_rows_##S(long rows, long width, const T *a, const T *vector, T *out);                             \
    void perk_multiply_rows_##S(long rows, long width, const T *a, const T *vector, T *out);                           \
    void perk_scale_rows_##S(long rows, long width, const T *a, const T *factors, T *out);                             \
    void perk_center_rows_##S(long rows, long width, const T *a, T *out);                                              \
    void perk_row_products_##S(long rows, long width, const T *a, const T *b, T *out);                                 \
    void perk_column_products_##S(long rows, long width, const T *a, const T *b, T *out);                              \
    void perk_column_sums_##S(long rows, long width, const T *a, T *out);                                              \
    void perk_running_softmax_##S(long rows, long width, const T *a, T *maxima, T *sums, T *rescaling, T *out);        \
    void perk_causal_softmax_##S(long matrices, long queries, long keys, long window, const T *a, T *out);                         \
    void perk_softmax_pullback_##S(long rows, long width, const T *p, const T *g, T *out);                             \
    void perk_cross_entropy_##S(long rows, long width, const T *logits, const int32_t *targets, T *losses,             \
                                T *probabilities);                                                                     \
    void perk_cross_entropy_pullback_##S(long rows, long width, const T *probabilities, const int32_t *targets,        \
                                         const T *factors, T *out);                                                    \
    void perk_rotate_##S(long sequences, long tokens, long heads, long head_width, const T *x, const T *cosines,       \
                         const T *sines, T direction, T *out);                                                         \
    void perk_adamw_step_##S(long count, struct perk_adamw settings, const T *g, T *m, T *v, T *phi);                  \
    double perk_adamw_pullback_##S(long count, struct perk_adamw settings, const T *g, const T *m, const T *v,         \
                                   const T *phi, T *phi_bar, T *m_bar, T *v_bar, T *g_bar);

PERK_DECLARE(float, f32)
PERK_DECLARE(double, f64)

// Lets a thread that waits in a loop do so at less cost to its neighbours.
static inline void perk_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
