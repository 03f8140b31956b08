// The primitives of vector_math.h and of packed products for AVX-512 (F and DQ): 16 lanes, tails by mask. The including file defines FN.
#include <immintrin.h>
#include <math.h>
#include <stdint.h>

#define LANES 16
typedef __m512 vf;
// Words, see CKernelsPacked.h.
typedef __m512i vw;

FN vf set1(float x) { return _mm512_set1_ps(x); }
FN __mmask16 first(size_t n) { return n >= 16 ? 0xffff : (__mmask16)((1u << n) - 1); }
FN vf load(const float *x) { return _mm512_loadu_ps(x); }
FN void store(float *x, vf v) { _mm512_storeu_ps(x, v); }
FN vf load_n(const float *x, size_t n) { return _mm512_maskz_loadu_ps(first(n), x); }
FN void store_n(float *x, vf v, size_t n) { _mm512_mask_storeu_ps(x, first(n), v); }
FN vf keep_n(vf v, vf f, size_t n) { return _mm512_mask_blend_ps(first(n), f, v); }
FN vf add(vf a, vf b) { return _mm512_add_ps(a, b); }
FN vf sub(vf a, vf b) { return _mm512_sub_ps(a, b); }
FN vf mul(vf a, vf b) { return _mm512_mul_ps(a, b); }
FN vf divide(vf a, vf b) { return _mm512_div_ps(a, b); }
FN vf root(vf x) { return _mm512_sqrt_ps(x); }
FN vf muladd(vf a, vf b, vf c) { return _mm512_fmadd_ps(a, b, c); }
FN vf max2(vf a, vf b) { return _mm512_max_ps(a, b); }
FN vf min2(vf a, vf b) { return _mm512_min_ps(a, b); }
FN vf whole(vf x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
FN vf pow2(vf n) { return _mm512_scalef_ps(_mm512_set1_ps(1), n); }
FN vf magnitude(vf x) { return _mm512_abs_ps(x); }
FN vf where_less(vf a, vf b, vf x, vf y) {
  return _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x);
}
FN float sum(vf x) { return _mm512_reduce_add_ps(x); }
FN float peak(vf x) { return _mm512_reduce_max_ps(x); }

FN vw load_dwords(const uint32_t *x) { return _mm512_loadu_si512(x); }
FN void store_dwords(uint32_t *x, vw v) { _mm512_storeu_si512(x, v); }
FN vw every_lane(uint32_t x) { return _mm512_set1_epi32((int)x); }
FN vw no_dwords(void) { return _mm512_setzero_si512(); }
FN vf as_floats(vw x) { return _mm512_castsi512_ps(x); }
FN vw as_dwords(vf x) { return _mm512_castps_si512(x); }

// A number so large that adding it rounds to whole numbers n, which then are the lowest bits of the sum.
static const float power_shift = 12582912;
// p · 2^n: n goes straight into the exponent, which must have room for it.
FN vf times_power(vf p, vf shifted) {
  return as_floats(_mm512_add_epi32(as_dwords(p), _mm512_slli_epi32(as_dwords(shifted), 23)));
}
