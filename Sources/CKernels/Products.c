// Instantiates the products of Products.inc for the instruction sets, and chooses among them when it is called.

#include "Products.h"

#include <stdint.h>
#include <string.h>

#pragma clang fp contract(fast)

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define JOIN_(a, b) perk_##a##_##b
#define JOIN(a, b) JOIN_(a, b)

// The rows of A, and the units of the inner extent, that are copied at once: a block of A takes 252 KiB, which stay in
// the second level of the cache, a sliver of B 32 KiB.
#define BLOCK_ROWS 252
#define BLOCK_UNITS 256
#define WIDEST_SLIVER 32

// A block of A may be written up to a vector beyond its end.
const long perk_product_workspace = 4L * BLOCK_UNITS * (BLOCK_ROWS + WIDEST_SLIVER) + 64;

#if defined(__x86_64__)
#include <immintrin.h>

#define TILE_ROW_OF(form, rows) {NAME(tile_##form##_##rows##_1), NAME(tile_##form##_##rows##_2)}
#define TILE_TABLE_OF(form, third, two_thirds, all)                                                                    \
    {TILE_ROW_OF(form, third), TILE_ROW_OF(form, two_thirds), TILE_ROW_OF(form, all)}

#define PAIRS_512_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define PAIRS_512_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define EVENS_512 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODDS_512 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define READ_SOME_512(from, n)                                                                                         \
    ((VECTOR)_mm512_maskz_loadu_ps((__mmask16)((n) >= 16 ? 0xFFFF : (n) > 0 ? (1 << (n)) - 1 : 0), from))
#define TILES_512(TILE) TILE(4, 1) TILE(4, 2) TILE(8, 1) TILE(8, 2) TILE(12, 1) TILE(12, 2)
#define TILE_TABLE_512 {TILE_TABLE_OF(beside, 4, 8, 12), TILE_TABLE_OF(along, 4, 8, 12)}

// Shared by the two kernels with vectors of 512 bits.
#define LANES 16
#define TILE_ROWS 12
#define READ_SOME READ_SOME_512
#define LOW_HALVES(x, y) __builtin_shufflevector(x, y, PAIRS_512_LOW)
#define HIGH_HALVES(x, y) __builtin_shufflevector(x, y, PAIRS_512_HIGH)
#define EVENS(x, y) __builtin_shufflevector(x, y, EVENS_512)
#define ODDS(x, y) __builtin_shufflevector(x, y, ODDS_512)
#define TILES TILES_512
#define TILE_TABLE TILE_TABLE_512

#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define NAME(name) JOIN(name, avx512)
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#define BFLOAT16 0
#include "Products.inc"

#define TARGET __attribute__((target("arch=x86-64-v4,avx512bf16"), min_vector_width(512)))
#define NAME(name) JOIN(name, avx512_bf16)
#define MULTIPLY_ADD(a, b, c) ((VECTOR)_mm512_dpbf16_ps((__m512)(c), (__m512bh)_mm512_set1_ps(a), (__m512bh)(b)))
#define BFLOAT16 1
#include "Products.inc"

#undef LANES
#undef TILE_ROWS
#undef READ_SOME
#undef LOW_HALVES
#undef HIGH_HALVES
#undef EVENS
#undef ODDS
#undef TILES
#undef TILE_TABLE

static const int32_t perk_lanes_256[16] = {-1, -1, -1, -1, -1, -1, -1, -1};

#define TARGET __attribute__((target("arch=x86-64-v3")))
#define NAME(name) JOIN(name, avx2)
#define LANES 8
#define TILE_ROWS 6
#define READ_SOME(from, n)                                                                                             \
    ((VECTOR)_mm256_maskload_ps(                                                                                       \
        from, _mm256_loadu_si256((const __m256i *)(perk_lanes_256 + ((n) >= 8 ? 0 : (n) > 0 ? 8 - (n) : 8)))))
#define LOW_HALVES(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH_HALVES(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#define EVENS(x, y) __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODDS(x, y) __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15)
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#define TILES(TILE) TILE(2, 1) TILE(2, 2) TILE(4, 1) TILE(4, 2) TILE(6, 1) TILE(6, 2)
#define TILE_TABLE {TILE_TABLE_OF(beside, 2, 4, 6), TILE_TABLE_OF(along, 2, 4, 6)}
#define BFLOAT16 0
#include "Products.inc"

enum perk_product_path perk_float_path(void) {
    if (__builtin_cpu_supports("x86-64-v4")) return perk_product_path_avx512;
    if (__builtin_cpu_supports("x86-64-v3")) return perk_product_path_avx2;
    return perk_product_path_none;
}

enum perk_product_path perk_bfloat16_path(void) {
    enum perk_product_path path = perk_float_path();
    bool has_pairs = path == perk_product_path_avx512 && __builtin_cpu_supports("avx512bf16");
    return has_pairs ? perk_product_path_avx512_bf16 : path;
}

void perk_multiply(const struct perk_product *product, void *workspace) {
    float *a_block = workspace, *b_sliver = a_block + BLOCK_UNITS * BLOCK_ROWS + WIDEST_SLIVER / 2;
    switch (product->rounds_to_bfloat16 ? perk_bfloat16_path() : perk_float_path()) {
    case perk_product_path_avx512_bf16: perk_product_avx512_bf16(product, a_block, b_sliver); break;
    case perk_product_path_avx512: perk_product_avx512(product, a_block, b_sliver); break;
    case perk_product_path_avx2: perk_product_avx2(product, a_block, b_sliver); break;
    case perk_product_path_none: break;
    }
}

long perk_laid_out_bytes(const struct perk_product *product) {
    long columns = (product->columns + 15) / 16 * 16, inner = product->inner;
    bool in_pairs = product->rounds_to_bfloat16 && perk_bfloat16_path() == perk_product_path_avx512_bf16;
    return 4 * columns * (in_pairs ? (inner + 1) / 2 : inner);
}

void perk_lay_out(const struct perk_product *product, float *out) {
    switch (product->rounds_to_bfloat16 ? perk_bfloat16_path() : perk_float_path()) {
    case perk_product_path_avx512_bf16: perk_lay_out_avx512_bf16(product, out); break;
    case perk_product_path_avx512: perk_lay_out_avx512(product, out); break;
    case perk_product_path_avx2: perk_lay_out_avx2(product, out); break;
    case perk_product_path_none: break;
    }
}

#else

enum perk_product_path perk_float_path(void) { return perk_product_path_none; }
enum perk_product_path perk_bfloat16_path(void) { return perk_product_path_none; }
void perk_multiply(const struct perk_product *product, void *workspace) {}
long perk_laid_out_bytes(const struct perk_product *product) { return 0; }
void perk_lay_out(const struct perk_product *product, float *out) {}

#endif

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif
#pragma clang fp reassociate(on)

KERNEL void perk_multiply_row(const struct perk_product *p) {
    if (p->existing == 0) memset(p->c, 0, sizeof(float) * (size_t)p->columns);
    else if (p->existing != 1)
        for (long j = 0; j < p->columns; j++) p->c[j] *= p->existing;
    if (p->transpose_b) {
        for (long j = 0; j < p->columns; j++) {
            const float *row = p->b + j * p->stride_b;
            float sum = 0;
            for (long k = 0; k < p->inner; k++) sum += p->a[k] * row[k];
            p->c[j] += p->scale * sum;
        }
    } else {
        for (long k = 0; k < p->inner; k++) {
            const float *row = p->b + k * p->stride_b;
            float factor = p->scale * p->a[k];
            for (long j = 0; j < p->columns; j++) p->c[j] += factor * row[j];
        }
    }
}
