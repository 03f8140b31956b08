// Words of four bytes with AVX-512, whatever multiplies blocks of them: what vector_int8.h asks for, and a dot for vectors.
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
