// Powers for f32, once, over the primitives of vector_math.h, power_shift and times_power.

// 2^x, x ≥ −125, = 2^n · (1 + r·p(r)), |r| ≤ ½; p a least-squares fit of ours, driven to the minimax by
// reweighting, relative error 9e-8.
FN vf power(vf x) {
  const vf shifted = add(x, set1(power_shift)), r = sub(x, sub(shifted, set1(power_shift)));
  vf p = set1(0.0013264729641377926f);
  p = muladd(p, r, set1(0.00967151578515768f));
  p = muladd(p, r, set1(0.05550733581185341f));
  p = muladd(p, r, set1(0.24022242426872253f));
  p = muladd(p, r, set1(0.6931470036506653f));
  p = muladd(p, r, set1(1));
  return times_power(p, shifted);
}
