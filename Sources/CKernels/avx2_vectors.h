// The primitives of vector_math.h and of packed products for AVX2 and FMA: 8 lanes, tails by masked loads and stores. The
// including file defines FN.
#include <immintrin.h>
#include <math.h>
#include <stdint.h>

#define LANES 8
typedef __m256 vf;
// Words, see CKernelsPacked.h.
typedef __m256i vw;

FN vf set1(float x) { return _mm256_set1_ps(x); }
FN __m256i first(size_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n < 8 ? (int)n : 8), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
FN vf load(const float *x) { return _mm256_loadu_ps(x); }
FN void store(float *x, vf v) { _mm256_storeu_ps(x, v); }
FN vf load_n(const float *x, size_t n) { return _mm256_maskload_ps(x, first(n)); }
FN void store_n(float *x, vf v, size_t n) { _mm256_maskstore_ps(x, first(n), v); }
FN vf keep_n(vf v, vf f, size_t n) { return _mm256_blendv_ps(f, v, _mm256_castsi256_ps(first(n))); }
FN vf add(vf a, vf b) { return _mm256_add_ps(a, b); }
FN vf sub(vf a, vf b) { return _mm256_sub_ps(a, b); }
FN vf mul(vf a, vf b) { return _mm256_mul_ps(a, b); }
FN vf divide(vf a, vf b) { return _mm256_div_ps(a, b); }
FN vf root(vf x) { return _mm256_sqrt_ps(x); }
FN vf muladd(vf a, vf b, vf c) { return _mm256_fmadd_ps(a, b, c); }
FN vf max2(vf a, vf b) { return _mm256_max_ps(a, b); }
FN vf min2(vf a, vf b) { return _mm256_min_ps(a, b); }
FN vf whole(vf x) { return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
// n is at least −126 here (exp_underflow), and at most 0 but for a softmax row with +inf, which is NaN anyway.
FN vf pow2(vf n) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23));
}
FN vf magnitude(vf x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), x); }
FN vf where_less(vf a, vf b, vf x, vf y) { return _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ)); }
FN __m128 halves(vf x, __m128 *high) {
  *high = _mm256_extractf128_ps(x, 1);
  return _mm256_castps256_ps128(x);
}
FN float sum(vf x) {
  __m128 high, low = halves(x, &high), s = _mm_add_ps(low, high);
  s = _mm_add_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}
FN float peak(vf x) {
  __m128 high, low = halves(x, &high), s = _mm_max_ps(low, high);
  s = _mm_max_ps(s, _mm_movehl_ps(s, s));
  return _mm_cvtss_f32(_mm_max_ss(s, _mm_movehdup_ps(s)));
}

FN vw load_dwords(const uint32_t *x) { return _mm256_loadu_si256((const __m256i *)x); }
FN void store_dwords(uint32_t *x, vw v) { _mm256_storeu_si256((__m256i *)x, v); }
FN vw every_lane(uint32_t x) { return _mm256_set1_epi32((int)x); }
FN vw no_dwords(void) { return _mm256_setzero_si256(); }
FN vf as_floats(vw x) { return _mm256_castsi256_ps(x); }
FN vw as_dwords(vf x) { return _mm256_castps_si256(x); }

// A number so large that adding it rounds to whole numbers n, which then are the lowest bits of the sum.
static const float power_shift = 12582912;
// p · 2^n: n goes straight into the exponent, which must have room for it.
FN vf times_power(vf p, vf shifted) {
  return as_floats(_mm256_add_epi32(as_dwords(p), _mm256_slli_epi32(as_dwords(shifted), 23)));
}
