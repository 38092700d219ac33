// Products of a few rows of activations with a frozen matrix, and attention of single queries: what generating text
// consists of.
//
// Every element of a result is computed by the same operations in the same order, whatever other rows are computed
// beside it. No function reads or writes beyond the sizes it is given, allocates, or keeps state.

#ifndef PERK_ANSWERING_KERNELS_H
#define PERK_ANSWERING_KERNELS_H

// The formats whose blocks of 32 weights are scale·(q - z) + minimum, with whole numbers q of at most 8 bits.
enum perk_quantized_format {
    perk_quantized_q4_0,
    perk_quantized_q4_1,
    perk_quantized_q8_0,
    perk_quantized_q4_K,
};

// The bytes that a row of `columns` activations takes once it is rounded; `columns` is a multiple of 32.
long perk_rounded_row_bytes(long columns);

// Rounds rows of activations [rows, columns] to 16 bits, each 32 of them scaled by their largest one. What is not finite
// makes its products so.
void perk_round_rows(long rows, long columns, const float *x, void *rounded);

// The bytes of `scratch` that `perk_quantized_products` needs, aligned to 64.
long perk_quantized_scratch_bytes(long columns);

// out[i, r] = Σ_k x[i, k]·W[r, k], for n rounded rows x and weights [rows, columns] in a format, each row `row_bytes`
// long; the rows of `out` are `stride` apart.
void perk_quantized_products(enum perk_quantized_format format, long rows, long columns, const void *weights,
                             long row_bytes, long n, const void *rounded, float *out, long stride, void *scratch);

// The same as on processors without AVX512-VNNI; the last bits differ.
void perk_quantized_products_plainly(enum perk_quantized_format format, long rows, long columns, const void *weights,
                                     long row_bytes, long n, const void *rounded, float *out, long stride,
                                     void *scratch);

// out[i, r] = scale·Σ_k x[i, k]·W[r, k] + existing·out[i, r], with the rows of each matrix as far apart as its stride
// says. Where `existing` is 0, `out` is not read.
void perk_row_dots(long rows, long columns, const float *w, long w_stride, long n, const float *x, long x_stride,
                   float scale, float existing, float *out, long out_stride);

// out[i, c] = Σ_t p[i, t]·v[t, c].
void perk_row_mixtures(long rows, long columns, const float *v, long v_stride, long n, const float *p, long p_stride,
                       float *out, long out_stride);

#endif
