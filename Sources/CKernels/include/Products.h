// Products of row-major matrices of floats, for processors with AVX-512 or AVX2.

#ifndef PERK_PRODUCTS_H
#define PERK_PRODUCTS_H

#include <stdbool.h>

// How a product is computed, by what the processor has.
enum perk_product_path {
    perk_product_path_none,         // neither AVX-512 nor AVX2: use another library
    perk_product_path_avx2,         // floats
    perk_product_path_avx512,       // floats
    perk_product_path_avx512_bf16,  // pairs of bfloat16, summed in floats
};

// The path of products of floats, and that of products of factors rounded to bfloat16. Where the processor has no
// instruction for the latter, factors are rounded and multiplied as floats, along the former path.
enum perk_product_path perk_float_path(void);
enum perk_product_path perk_bfloat16_path(void);

// C ← scale·op(A)·op(B) + existing·C with op(A) [rows, inner] and op(B) [inner, columns]; A is stored as [inner, rows] if
// `transpose_a`, B as [columns, inner] if `transpose_b`. C is not read where `existing` is 0. It must not overlap A or B.
struct perk_product {
    bool transpose_a, transpose_b;
    // Whether the factors are rounded to bfloat16. The sums are always of floats.
    bool rounds_to_bfloat16;
    long rows, columns, inner;
    float scale, existing;
    const float *a, *b;
    float *c;
    // The elements from one stored row to the next.
    long stride_a, stride_b, stride_c;
    // All of a matrix that op(B) is the columns of from `first_column` on, a multiple of 32, as perk_lay_out wrote it; then
    // `b` is not read. It has `all_columns`. NULL if there is none.
    const float *laid_out_b;
    long first_column, all_columns;
};

// The bytes of workspace that one product needs, aligned to 64 bytes.
extern const long perk_product_workspace;

// The bytes that op(B) takes when it is laid out: the same whether or not it is transposed.
long perk_laid_out_bytes(const struct perk_product *product);

// Writes op(B) at `out`, aligned to 64 bytes, in the order in which perk_multiply reads it, rounded if the product rounds.
// Requires a path other than none.
void perk_lay_out(const struct perk_product *product, float *out);

// Requires a path other than none. Each element of C is a sum over `inner` in an order that depends on nothing but
// `inner` and the path: neither on the other extents nor on the element's place.
void perk_multiply(const struct perk_product *product, void *workspace);

// C ← scale·x·op(B) + existing·C for one row x: perk_multiply with rows = 1, without a workspace and in an order of its
// own. Never rounds to bfloat16.
void perk_multiply_row(const struct perk_product *product);

#endif
