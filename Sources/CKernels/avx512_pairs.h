// Pairs of bf16 in dwords with AVX512_BF16; included behind avx512_vectors.h. Rounding is to the nearest, to even between two.

FN vw pairs_of(vf low, vf high) { return (vw)_mm512_cvtne2ps_pbh(high, low); }

// Of a dword, two neighbours in a row or a column: from LANES of the first ones and LANES of the second ones.
FN vw interleaved(vw pairs) {
  const vw order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20,
                                    4, 19, 3, 18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, pairs);
}

// The values of LANES dwords that follow x, as they lie; zeros, whatever they are, behind the last one.
FN void load_pairs(const float *x, size_t left, vf *low, vf *high) {
  *low = load_n(x, left);
  *high = left > LANES ? load_n(x + LANES, left - LANES) : set1(0);
}

// Two inner values of LANES columns; zeros behind the last ones.
FN void load_pairs_of_columns(const float *x, size_t stride, size_t inner, size_t columns, vf *one, vf *next) {
  *one = inner ? load_n(x, columns) : set1(0);
  *next = inner > 1 ? load_n(x + stride, columns) : set1(0);
}
