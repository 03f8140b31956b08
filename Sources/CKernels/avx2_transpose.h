// 8 rows of 8 dwords become 8 columns; included behind avx2_vectors.h.

FN void transpose(vw x[8]) {
  vw y[8];
  // As in avx512_transpose.h: pairs of dwords, then of two dwords, then of four.
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 2) {
    y[i] = _mm256_unpacklo_epi32(x[i], x[i + 1]);
    y[i + 1] = _mm256_unpackhi_epi32(x[i], x[i + 1]);
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 8; i += 4) {
    x[i] = _mm256_unpacklo_epi64(y[i], y[i + 2]);
    x[i + 1] = _mm256_unpackhi_epi64(y[i], y[i + 2]);
    x[i + 2] = _mm256_unpacklo_epi64(y[i + 1], y[i + 3]);
    x[i + 3] = _mm256_unpackhi_epi64(y[i + 1], y[i + 3]);
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < 4; j++) {
    // x[j] has columns j and j + 4 of the first 4 rows.
    y[j] = _mm256_permute2x128_si256(x[j], x[j + 4], 0x20);
    y[j + 4] = _mm256_permute2x128_si256(x[j], x[j + 4], 0x31);
  }
#pragma clang loop unroll(full)
  for (int j = 0; j < 8; j++) x[j] = y[j];
}
