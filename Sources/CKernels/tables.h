// Inside CKernels only: the tables, and the constants that every vector version shares.
#pragma once

#include "CKernels.h"

extern const struct ckernels_table ckernels_reference;
#if defined(__x86_64__)
extern const struct ckernels_table ckernels_avx2;
extern const struct ckernels_table ckernels_avx512;
extern const struct ckernels_table ckernels_amx;
#endif

// The reference's backward kernels: in backward.c, the table in kernels.c.
void ckernels_gelu_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                            size_t dx_stride, size_t rows, size_t columns);
void ckernels_layer_norm_backward(const float *x, size_t x_stride, const float *weight, const float *dy,
                                  size_t dy_stride, float *dx, size_t dx_stride, int adding, float *dweight,
                                  float *dbias, size_t rows, size_t columns, float epsilon);
void ckernels_sum_rows(const float *x, size_t stride, size_t rows, size_t columns, float *y);
void ckernels_attention_backward(float *s, float *dp, size_t stride, const float *log_sums, const float *y,
                                 size_t y_stride, const float *dy, size_t dy_stride, size_t queries, size_t keys,
                                 size_t width, float score_scale, float scale);
void ckernels_adamw(float *x, const float *dx, float *m, float *v, size_t count,
                    const struct ckernels_adamw *settings);

// The reference's gates and kernels of columns: in gates.c and columns.c.
void ckernels_swish(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns);
void ckernels_gate(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns);
void ckernels_relu(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns);
void ckernels_swish_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                             size_t dx_stride, size_t rows, size_t columns);
void ckernels_gate_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                            size_t dx_stride, size_t rows, size_t columns);
void ckernels_relu_backward(const float *y, size_t y_stride, const float *dy, size_t dy_stride, float *dx,
                            size_t dx_stride, size_t rows, size_t columns);
void ckernels_scale_shift(const float *x, size_t x_stride, const float *scale, const float *shift, float *y,
                          size_t y_stride, size_t rows, size_t columns);
void ckernels_column_products(const float *x, size_t x_stride, const float *mean, const float *y, size_t y_stride,
                              size_t rows, size_t columns, float *sums);
void ckernels_batch_norm_backward(const float *x, size_t x_stride, const float *mean, const float *dy,
                                  size_t dy_stride, const float *slope, const float *bend, const float *shift,
                                  float *dx, size_t dx_stride, size_t rows, size_t columns);
void ckernels_taps(const float *x, size_t x_stride, const float *w, ptrdiff_t w_stride, size_t count, int adding,
                   float *y, size_t columns);

// e^r = 1 + r + r²·p(r) for |r| ≤ ln 2 / 2. A weighted least-squares fit of ours, driven to the minimax by reweighting;
// relative error 3e-9.
static const float exp_fit[5] = {
    0.4999999403953552f, 0.1666652113199234f, 0.04166838899254799f, 0.008368716575205326f, 0.001381459878757596f,
};

// ln 2 in two floats: the first has 9 trailing zero bits, so that n times it is exact.
static const float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f, log2_e = 1.44269504f, ln_2 = 0.69314718f;

// Below this e^x leaves the normal floats.
static const float exp_underflow = -87.33654f;

// The tail of the normal distribution: 1 − Φ(t) = e^(−t²/2) · p(w) / (t + 2.5), w = (t − 2.5) / (t + 2.5), 0 ≤ t ≤ 14.5.
// Fitted in the same way; relative error 1.5e-8, so that GELU keeps its relative accuracy far into the negative tail.
static const float tail_centre = 2.5f, tail_end = 14.5f;
static const float tail_fit[10] = {
    0.7066566348075867f,   -0.43369200825691223f,  0.13198696076869965f,  0.009235914796590805f,
    -0.016386020928621292f, -0.0016009609680622816f, 0.0025232979096472263f, 0.0006843447918072343f,
    -0.0003108656092081219f, -0.00015726718993391842f,
};
