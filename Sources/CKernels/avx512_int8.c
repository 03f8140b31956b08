// The int8 format with AVX512_VNNI, which multiplies unsigned by signed bytes: 12 rows times 32 outputs at once.
#if defined(__x86_64__)
#include "formats.h"
#include "tables.h"

#include <float.h>
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

// Values lie in the order in which halves of lanes are packed, those of rows and of weights alike.
FN vw bytes(const vf quarters[4], int is_unsigned) {
  const vw low = _mm512_packs_epi32(_mm512_cvtps_epi32(quarters[0]), _mm512_cvtps_epi32(quarters[1]));
  const vw high = _mm512_packs_epi32(_mm512_cvtps_epi32(quarters[2]), _mm512_cvtps_epi32(quarters[3]));
  return is_unsigned ? _mm512_packus_epi16(low, high) : _mm512_packs_epi16(low, high);
}

#include "vector_int8.h"

#include "avx512_int8_attention.h"

const struct ckernels_format ckernels_avx512_int8 = INT8_FORMAT(packed_attention, pack_keys, pack_values,
                                                                packed_keys_words, packed_values_words,
                                                                packed_attention_words);
#else
typedef int ckernels_no_avx512_int8;  // A C file may not be empty.
#endif
