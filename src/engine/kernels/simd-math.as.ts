// exp and log of four float32 at once, to about one part in ten million: losses and gradients need no more.

/** eˣ for |x| ≤ 80, clamped beyond: 2ᵏ·2ᶠ with a polynomial for f in [−½, ½]. */
@inline
export function exp4(x: v128): v128 {
  x = f32x4.max(f32x4.min(x, f32x4.splat(80)), f32x4.splat(-80))
  const z = f32x4.mul(x, f32x4.splat(1.44269504))
  const k = f32x4.nearest(z)
  const f = f32x4.sub(z, k)
  // Minimax coefficients of 2ᶠ, degree 6.
  let p = f32x4.splat(1.5403530e-4)
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1.33335581e-3))
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(9.61812911e-3))
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(5.55041087e-2))
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(2.40226507e-1))
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(6.93147181e-1))
  p = f32x4.add(f32x4.mul(p, f), f32x4.splat(1))
  return f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23))
}

/** Natural logarithm of positive normal numbers: exponent · ln 2 + 2·artanh((m − 1)/(m + 1)), m in [√½, √2). */
@inline
export function log4(x: v128): v128 {
  // 0x3f3504f3 is √½: subtracting it first puts the mantissa around 1.
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3))
  const exponent = i32x4.shr_s(shifted, 23)
  const m = i32x4.sub(x, i32x4.shl(exponent, 23))
  const one = f32x4.splat(1)
  const t = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one))
  const s = f32x4.mul(t, t)
  let p = f32x4.splat(0.2222222222)
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(0.2857142857))
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(0.4))
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(0.6666666667))
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(2))
  return f32x4.add(
    f32x4.mul(p, t),
    f32x4.mul(f32x4.convert_i32x4_s(exponent), f32x4.splat(0.6931471806)),
  )
}

/** The sum of four float32 lanes, added to two float64 lanes. */
@inline
export function addWide(sum: v128, x: v128): v128 {
  const high = v128.shuffle<f32>(x, x, 2, 3, 2, 3)
  return f64x2.add(sum, f64x2.add(f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(high)))
}

@inline
export function sumLanes(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1)
}

@inline
export function maxLanes(x: v128): f64 {
  const a = max<f32>(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1))
  const b = max<f32>(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3))
  return <f64>max<f32>(a, b)
}
