// Optimizers over flat float32 arrays in one memory: parameters, gradients and state are updated in place, four at a time.
// The rest of a length that is no multiple of four is padding that the caller leaves there.

/**
 * m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; p ← decay · p − rate · m / (√v · scale + ε).
 * `one1` and `one2` are 1 − β, computed in float64: 1 − 0.999 in float32 is off by six digits.
 */
export function adam(
  p: usize, g: usize, m: usize, v: usize, count: i32,
  beta1: f32, one1: f32, beta2: f32, one2: f32, rate: f32, scale: f32, epsilon: f32, decay: f32, shrink: f32,
): void {
  const b1 = f32x4.splat(beta1)
  const o1 = f32x4.splat(one1 * shrink)
  const b2 = f32x4.splat(beta2)
  const o2 = f32x4.splat(one2 * shrink * shrink)
  const r = f32x4.splat(rate)
  const s = f32x4.splat(scale)
  const e = f32x4.splat(epsilon)
  const d = f32x4.splat(decay)
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2
    const gradient = v128.load(g + at)
    const mean = f32x4.add(f32x4.mul(b1, v128.load(m + at)), f32x4.mul(o1, gradient))
    const square = f32x4.add(f32x4.mul(b2, v128.load(v + at)), f32x4.mul(o2, f32x4.mul(gradient, gradient)))
    v128.store(m + at, mean)
    v128.store(v + at, square)
    const step = f32x4.div(f32x4.mul(r, mean), f32x4.add(f32x4.mul(f32x4.sqrt(square), s), e))
    v128.store(p + at, f32x4.sub(f32x4.mul(d, v128.load(p + at)), step))
  }
}

/** g ← g · shrink + decay · p; m ← momentum · m + g; p ← p − rate · (nesterov ? g + momentum · m : m). */
export function sgd(
  p: usize, g: usize, m: usize, count: i32,
  momentum: f32, rate: f32, decay: f32, nesterov: i32, shrink: f32,
): void {
  const mu = f32x4.splat(momentum)
  const r = f32x4.splat(rate)
  const d = f32x4.splat(decay)
  const k = f32x4.splat(shrink)
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2
    const weight = v128.load(p + at)
    const gradient = f32x4.add(f32x4.mul(k, v128.load(g + at)), f32x4.mul(d, weight))
    const mean = f32x4.add(f32x4.mul(mu, v128.load(m + at)), gradient)
    v128.store(m + at, mean)
    const step = nesterov != 0 ? f32x4.add(gradient, f32x4.mul(mu, mean)) : mean
    v128.store(p + at, f32x4.sub(weight, f32x4.mul(r, step)))
  }
}

/** g ← g · shrink + decay · p; v ← α v + (1 − α) g²; m ← momentum · m + g / (√v + ε); p ← p − rate · m. */
export function rmsprop(
  p: usize, g: usize, m: usize, v: usize, count: i32,
  alpha: f32, one: f32, momentum: f32, rate: f32, epsilon: f32, decay: f32, shrink: f32,
): void {
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2
    const weight = v128.load(p + at)
    const gradient = f32x4.add(f32x4.mul(f32x4.splat(shrink), v128.load(g + at)), f32x4.mul(f32x4.splat(decay), weight))
    const square = f32x4.add(
      f32x4.mul(f32x4.splat(alpha), v128.load(v + at)),
      f32x4.mul(f32x4.splat(one), f32x4.mul(gradient, gradient)),
    )
    v128.store(v + at, square)
    const scaled = f32x4.div(gradient, f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon)))
    const mean = f32x4.add(f32x4.mul(f32x4.splat(momentum), v128.load(m + at)), scaled)
    v128.store(m + at, mean)
    v128.store(p + at, f32x4.sub(weight, f32x4.mul(f32x4.splat(rate), mean)))
  }
}

/** g ← g · shrink + decay · p; v ← v + g²; p ← p − rate · g / (√v + ε). */
export function adagrad(
  p: usize, g: usize, v: usize, count: i32,
  rate: f32, epsilon: f32, decay: f32, shrink: f32,
): void {
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2
    const weight = v128.load(p + at)
    const gradient = f32x4.add(f32x4.mul(f32x4.splat(shrink), v128.load(g + at)), f32x4.mul(f32x4.splat(decay), weight))
    const square = f32x4.add(v128.load(v + at), f32x4.mul(gradient, gradient))
    v128.store(v + at, square)
    const step = f32x4.div(gradient, f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon)))
    v128.store(p + at, f32x4.sub(weight, f32x4.mul(f32x4.splat(rate), step)))
  }
}

/** Σ x² in float64. */
export function sumOfSquares(x: usize, count: i32): f64 {
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let i = 0; i < count; i += 4) {
    const four = v128.load(x + (<usize>i << 2))
    const a = f64x2.promote_low_f32x4(four)
    const b = f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3))
    low = f64x2.add(low, f64x2.mul(a, a))
    high = f64x2.add(high, f64x2.mul(b, b))
  }
  const sum = f64x2.add(low, high)
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** y ← a · y + b · x */
/** Whether all of x are numbers: x − x is 0 for those and NaN for others. Four sums at a time, since each waits for the one before. */
export function allFinite(x: usize, count: i32): bool {
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  let c = f32x4.splat(0)
  let d = f32x4.splat(0)
  for (let i = 0; i < count; i += 16) {
    const at = x + (<usize>i << 2)
    const first = v128.load(at)
    const second = v128.load(at, 16)
    const third = v128.load(at, 32)
    const fourth = v128.load(at, 48)
    a = f32x4.add(a, f32x4.sub(first, first))
    b = f32x4.add(b, f32x4.sub(second, second))
    c = f32x4.add(c, f32x4.sub(third, third))
    d = f32x4.add(d, f32x4.sub(fourth, fourth))
  }
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d))
  return v128.all_true<i32>(f32x4.eq(sum, f32x4.splat(0)))
}

export function mix(y: usize, x: usize, count: i32, a: f32, b: f32): void {
  const left = f32x4.splat(a)
  const right = f32x4.splat(b)
  for (let i = 0; i < count; i += 4) {
    const at = <usize>i << 2
    v128.store(y + at, f32x4.add(f32x4.mul(left, v128.load(y + at)), f32x4.mul(right, v128.load(x + at))))
  }
}
