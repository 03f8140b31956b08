// GELU for f32 in AVX-512; included behind avx512_vectors.h.

// Φ(z) − ½ on 16 equal parts of 0 ≤ z ≤ 5.6: polynomials of fourth degree in the place within a part, from 0 to 1.
// Least-squares fits of ours, driven to the minimax by reweighting; at the end exactly ½. z·Φ(z) is within 5e-7.
static const float normal_end = 5.6f;
static const float normal_parts[5][16] = {
    {9.40507121e-08f, 0.136830688f, 0.258036315f, 0.353140891f, 0.419243276f, 0.459940821f, 0.482135564f,
     0.492857188f, 0.497444868f, 0.499183655f, 0.499767363f, 0.499940932f, 0.499986649f, 0.499997318f, 0.499999523f,
     0.49999994f},
    {0.139625058f, 0.131331906f, 0.109289937f, 0.0804617181f, 0.0524074584f, 0.0301985852f, 0.0153944679f,
     0.00694259536f, 0.0027698318f, 0.000977584277f, 0.000305224763f, 8.43035377e-05f, 2.05981632e-05f,
     4.45209434e-06f, 8.51236621e-07f, 1.43973892e-07f},
    {3.8335751e-05f, -0.00802550092f, -0.0133954762f, -0.014807743f, -0.012862145f, -0.00926047657f, -0.00565937022f,
     -0.00297312858f, -0.0013528663f, -0.000535805884f, -0.000185318509f, -5.61077577e-05f, -1.48965482e-05f,
     -3.47288665e-06f, -7.11694554e-07f, -1.28309296e-07f},
    {-0.00295945373f, -0.00240913779f, -0.00112029084f, 0.000232771359f, 0.00109253731f, 0.00130869891f,
     0.00107858947f, 0.000699205964f, 0.000373837043f, 0.000168641331f, 6.5019216e-05f, 2.15985419e-05f,
     6.21552181e-06f, 1.55554142e-06f, 3.39530402e-07f, 6.47764082e-08f},
    {0.000126528219f, 0.00030834839f, 0.000330471492f, 0.00021577171f, 5.97654362e-05f, -5.20112953e-05f,
     -9.20705061e-05f, -8.10120982e-05f, -5.20474132e-05f, -2.67124378e-05f, -1.13636588e-05f, -4.08467531e-06f,
     -1.25491226e-06f, -3.31998905e-07f, -7.60301546e-08f, -1.51287907e-08f},
};

// z·Φ(z). A NaN stays one.
FN vf activation(vf z) {
  // Just below 16, so that the end is in the last part.
  const vf place = min2(set1(0x1.fffffep3f), mul(magnitude(z), set1(16 / normal_end)));
  const __m512i part = _mm512_cvttps_epi32(place);
  const vf within = sub(place, _mm512_cvtepi32_ps(part));
  vf p = _mm512_permutexvar_ps(part, load(normal_parts[4]));
  p = muladd(p, within, _mm512_permutexvar_ps(part, load(normal_parts[3])));
  p = muladd(p, within, _mm512_permutexvar_ps(part, load(normal_parts[2])));
  p = muladd(p, within, _mm512_permutexvar_ps(part, load(normal_parts[1])));
  p = muladd(p, within, _mm512_permutexvar_ps(part, load(normal_parts[0])));
  // With the sign of z.
  const vf sign = _mm512_and_ps(z, set1(-0.0f));
  return mul(z, add(set1(0.5f), _mm512_or_ps(p, sign)));
}
