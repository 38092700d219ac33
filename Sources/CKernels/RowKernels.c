// Products of a few rows of numbers with a matrix of floats.

#include <string.h>

#include "AnsweringKernels.h"
#include "HalfPrecision.h"

#if defined(__x86_64__)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif

typedef float floats16 __attribute__((vector_size(64)));

// Read where they lie, which need not be aligned.
typedef floats16 unaligned_floats16 __attribute__((aligned(4), may_alias));
#define LOAD(FROM) (*(const unaligned_floats16 *)(FROM))

INLINE float sum_of(const floats16 *x) {
    float sums[16];
    memcpy(sums, x, sizeof sums);
    for (int width = 8; width > 0; width /= 2)
        for (int i = 0; i < width; i++) sums[i] += sums[i + width];
    return sums[0];
}

// The products of a tile of rows; `ws` and `n` are known where this is compiled.
INLINE void dot_tile(int ws, long columns, const float *w, long w_stride, int n, const float *x, long x_stride,
                     float scale, float existing, float *out, long out_stride) {
    floats16 sums[4][4];
    for (int r = 0; r < ws; r++)
        for (int i = 0; i < n; i++) sums[r][i] = (floats16){0};
    long k = 0;
    for (; k + 16 <= columns; k += 16)
        for (int r = 0; r < ws; r++) {
            floats16 weights = LOAD(w + r * w_stride + k);
            for (int i = 0; i < n; i++) sums[r][i] += weights * LOAD(x + i * x_stride + k);
        }
    for (int r = 0; r < ws; r++)
        for (int i = 0; i < n; i++) {
            float sum = sum_of(&sums[r][i]);
            for (long rest = k; rest < columns; rest++) sum += w[r * w_stride + rest] * x[i * x_stride + rest];
            float *to = out + i * out_stride + r;
            *to = existing == 0 ? scale * sum : scale * sum + existing * *to;
        }
}

INLINE void dot_rows(int ws, long columns, const float *w, long w_stride, long n, const float *x, long x_stride,
                     float scale, float existing, float *out, long out_stride) {
    long i = 0;
    for (; i + 4 <= n; i += 4)
        dot_tile(ws, columns, w, w_stride, 4, x + i * x_stride, x_stride, scale, existing, out + i * out_stride,
                 out_stride);
    for (; i < n; i++)
        dot_tile(ws, columns, w, w_stride, 1, x + i * x_stride, x_stride, scale, existing, out + i * out_stride,
                 out_stride);
}

KERNEL void perk_row_dots(long rows, long columns, const float *w, long w_stride, long n, const float *x, long x_stride,
                          float scale, float existing, float *out, long out_stride) {
    long r = 0;
    for (; r + 4 <= rows; r += 4)
        dot_rows(4, columns, w + r * w_stride, w_stride, n, x, x_stride, scale, existing, out + r, out_stride);
    for (; r < rows; r++)
        dot_rows(1, columns, w + r * w_stride, w_stride, n, x, x_stride, scale, existing, out + r, out_stride);
}

KERNEL void perk_row_mixtures(long rows, long columns, const float *v, long v_stride, long n, const float *p,
                              long p_stride, float *out, long out_stride) {
    for (long i = 0; i < n; i++) {
        long c = 0;
        for (; c + 64 <= columns; c += 64) {
            floats16 sums[4] = {{0}, {0}, {0}, {0}};
            for (long t = 0; t < rows; t++)
                for (int j = 0; j < 4; j++) sums[j] += p[i * p_stride + t] * LOAD(v + t * v_stride + c + 16 * j);
            memcpy(out + i * out_stride + c, sums, sizeof sums);
        }
        for (; c < columns; c++) {
            float sum = 0;
            for (long t = 0; t < rows; t++) sum += p[i * p_stride + t] * v[t * v_stride + c];
            out[i * out_stride + c] = sum;
        }
    }
}
