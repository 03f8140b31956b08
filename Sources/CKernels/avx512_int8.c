// The int8 format with AVX512_VNNI, which multiplies unsigned by signed bytes: 12 rows times 32 outputs at once.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <math.h>
#include <string.h>

#define TARGET "avx512f,avx512dq,avx512bw,avx512vl,avx512vnni,fma"
#define ENTRY __attribute__((target(TARGET))) static
#define FN __attribute__((target(TARGET), always_inline)) static inline
#include "avx512_vectors.h"
#include "avx512_transpose.h"

#define BLOCK_ROWS 12
#define WEIGHT_LIMIT 127

typedef vw vs;
FN vs dot(vs sums, vw x, vw weight) { return _mm512_dpbusd_epi32(sums, x, weight); }
FN vf from_whole(vs sums) { return _mm512_cvtepi32_ps(sums); }
FN int has_nan(vf x) { return _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q) != 0; }

FN vw bytes(const vf quarters[4], int is_unsigned) {
  __m128i quarter[4];
#pragma clang loop unroll(full)
  for (size_t q = 0; q < 4; q++) {
    const vw words = _mm512_cvtps_epi32(quarters[q]);
    quarter[q] = is_unsigned ? _mm512_cvtusepi32_epi8(words) : _mm512_cvtsepi32_epi8(words);
  }
  const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(quarter[0]), quarter[1], 1);
  const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(quarter[2]), quarter[3], 1);
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

#include "vector_int8.h"

const struct ckernels_format ckernels_avx512_int8 = INT8_FORMAT;
#else
typedef int ckernels_no_avx512_int8;  // A C file may not be empty.
#endif
