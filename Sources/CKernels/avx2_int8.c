// The int8 format with AVX2: 5 rows times 16 outputs at once.
//
// The instruction for bytes adds two products in 16 bits and saturates, so weights go to 63 only: 2 · 255 · 63 fits.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ENTRY __attribute__((target("avx2,fma"))) static
#define FN __attribute__((target("avx2,fma"), always_inline)) static inline
#include "avx2_vectors.h"
#include "avx2_transpose.h"

// One less than for f32: a product takes two registers more on its way into a sum.
#define BLOCK_ROWS 5
#define WEIGHT_LIMIT 63

typedef vw vs;
FN vs dot(vs sums, vw x, vw weight) {
  return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_maddubs_epi16(x, weight), _mm256_set1_epi16(1)));
}
FN vf from_whole(vs sums) { return _mm256_cvtepi32_ps(sums); }
FN int has_nan(vf x) { return _mm256_movemask_ps(_mm256_cmp_ps(x, x, _CMP_UNORD_Q)) != 0; }

// Values lie in the order in which halves of vectors are packed, those of rows and of weights alike.
FN vw bytes(const vf quarters[4], int is_unsigned) {
  const vw low = _mm256_packs_epi32(_mm256_cvtps_epi32(quarters[0]), _mm256_cvtps_epi32(quarters[1]));
  const vw high = _mm256_packs_epi32(_mm256_cvtps_epi32(quarters[2]), _mm256_cvtps_epi32(quarters[3]));
  return is_unsigned ? _mm256_packus_epi16(low, high) : _mm256_packs_epi16(low, high);
}

#include "vector_int8.h"

FN vs sums_zero(void) { return no_dwords(); }
#include "vector_packed.h"

const struct ckernels_format ckernels_avx2_int8 = INT8_FORMAT(NULL, NULL, NULL, NULL, NULL, NULL);
#else
typedef int ckernels_no_avx2_int8;  // A C file may not be empty.
#endif
