// Functions that are as good as operands of 8 bits need, over the primitives of vector_math.h.

// Φ(z) = ½ + z·p(z²) for |z| ≤ 4, 0 or 1 beyond. A least-squares fit of ours, driven to the minimax of z·Φ(z) by
// reweighting, under the condition that p meets both ends; z·Φ(z) is within 1.4e-4.
static const float quick_normal_end = 4;
static const float quick_normal_fit[8] = {
    0.39821943640708923f,    -0.06511741131544113f,   0.009068728424608707f,    -0.0008902237168513238f,
    5.841204620082863e-05f, -2.385854031672352e-06f, 5.3466781224642546e-08f, -4.840834399999494e-10f,
};

// z·Φ(z). A NaN stays one.
FN vf quick_gelu(vf z) {
  const vf near = max2(set1(-quick_normal_end), min2(set1(quick_normal_end), z));
  const vf square = mul(near, near);
  vf p = set1(quick_normal_fit[7]);
  p = muladd(p, square, set1(quick_normal_fit[6]));
  p = muladd(p, square, set1(quick_normal_fit[5]));
  p = muladd(p, square, set1(quick_normal_fit[4]));
  p = muladd(p, square, set1(quick_normal_fit[3]));
  p = muladd(p, square, set1(quick_normal_fit[2]));
  p = muladd(p, square, set1(quick_normal_fit[1]));
  p = muladd(p, square, set1(quick_normal_fit[0]));
  return mul(z, muladd(near, p, set1(0.5f)));
}
