// The innermost loop: adds rows of packed gradients to the accumulators of up to 16 columns. The width of the tile is
// a constant of each copy, so that the steps are unrolled and the bin bytes come from registers.

/** Adds one row: a 64-bit addition per column. Column j owns the 2048 bytes from 2048·j; a bin times 8 is the place. */
@inline
function addRow(width: i32, cells: usize, low: u64, high: u64, delta: i64): void {
  if (width > 0) {
    const at = cells + (<usize>(low << 3) & 0x7f8)
    store<i64>(at, load<i64>(at, 0) + delta, 0)
  }
  if (width > 1) {
    const at = cells + (<usize>(low >> 5) & 0x7f8)
    store<i64>(at, load<i64>(at, 2048) + delta, 2048)
  }
  if (width > 2) {
    const at = cells + (<usize>(low >> 13) & 0x7f8)
    store<i64>(at, load<i64>(at, 4096) + delta, 4096)
  }
  if (width > 3) {
    const at = cells + (<usize>(low >> 21) & 0x7f8)
    store<i64>(at, load<i64>(at, 6144) + delta, 6144)
  }
  if (width > 4) {
    const at = cells + (<usize>(low >> 29) & 0x7f8)
    store<i64>(at, load<i64>(at, 8192) + delta, 8192)
  }
  if (width > 5) {
    const at = cells + (<usize>(low >> 37) & 0x7f8)
    store<i64>(at, load<i64>(at, 10240) + delta, 10240)
  }
  if (width > 6) {
    const at = cells + (<usize>(low >> 45) & 0x7f8)
    store<i64>(at, load<i64>(at, 12288) + delta, 12288)
  }
  if (width > 7) {
    const at = cells + (<usize>(low >> 53) & 0x7f8)
    store<i64>(at, load<i64>(at, 14336) + delta, 14336)
  }
  if (width > 8) {
    const at = cells + (<usize>(high << 3) & 0x7f8)
    store<i64>(at, load<i64>(at, 16384) + delta, 16384)
  }
  if (width > 9) {
    const at = cells + (<usize>(high >> 5) & 0x7f8)
    store<i64>(at, load<i64>(at, 18432) + delta, 18432)
  }
  if (width > 10) {
    const at = cells + (<usize>(high >> 13) & 0x7f8)
    store<i64>(at, load<i64>(at, 20480) + delta, 20480)
  }
  if (width > 11) {
    const at = cells + (<usize>(high >> 21) & 0x7f8)
    store<i64>(at, load<i64>(at, 22528) + delta, 22528)
  }
  if (width > 12) {
    const at = cells + (<usize>(high >> 29) & 0x7f8)
    store<i64>(at, load<i64>(at, 24576) + delta, 24576)
  }
  if (width > 13) {
    const at = cells + (<usize>(high >> 37) & 0x7f8)
    store<i64>(at, load<i64>(at, 26624) + delta, 26624)
  }
  if (width > 14) {
    const at = cells + (<usize>(high >> 45) & 0x7f8)
    store<i64>(at, load<i64>(at, 28672) + delta, 28672)
  }
  if (width > 15) {
    const at = cells + (<usize>(high >> 53) & 0x7f8)
    store<i64>(at, load<i64>(at, 30720) + delta, 30720)
  }
}

@inline
function addAll(width: i32, bins: usize, gradients: usize, count: i32, cells: usize): void {
  for (let i = 0; i < count; i++) {
    const both = load<i32>(gradients)
    const delta = (<i64>(both >> 8) << 36) + (<i64>(both & 255) << 14) + 1
    addRow(width, cells, load<u64>(bins), width > 8 ? load<u64>(bins, 8) : 0, delta)
    bins += 16
    gradients += 4
  }
}

function add1(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(1, bins, gradients, count, cells)
}
function add2(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(2, bins, gradients, count, cells)
}
function add3(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(3, bins, gradients, count, cells)
}
function add4(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(4, bins, gradients, count, cells)
}
function add5(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(5, bins, gradients, count, cells)
}
function add6(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(6, bins, gradients, count, cells)
}
function add7(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(7, bins, gradients, count, cells)
}
function add8(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(8, bins, gradients, count, cells)
}
function add9(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(9, bins, gradients, count, cells)
}
function add10(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(10, bins, gradients, count, cells)
}
function add11(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(11, bins, gradients, count, cells)
}
function add12(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(12, bins, gradients, count, cells)
}
function add13(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(13, bins, gradients, count, cells)
}
function add14(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(14, bins, gradients, count, cells)
}
function add15(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(15, bins, gradients, count, cells)
}
function add16(bins: usize, gradients: usize, count: i32, cells: usize): void {
  addAll(16, bins, gradients, count, cells)
}

/** Adds `count` rows of 16 bin bytes and one packed gradient each to the accumulators of `width` columns. */
export function addRows(width: i32, bins: usize, gradients: usize, count: i32, cells: usize): void {
  switch (width) {
    case 1:
      return add1(bins, gradients, count, cells)
    case 2:
      return add2(bins, gradients, count, cells)
    case 3:
      return add3(bins, gradients, count, cells)
    case 4:
      return add4(bins, gradients, count, cells)
    case 5:
      return add5(bins, gradients, count, cells)
    case 6:
      return add6(bins, gradients, count, cells)
    case 7:
      return add7(bins, gradients, count, cells)
    case 8:
      return add8(bins, gradients, count, cells)
    case 9:
      return add9(bins, gradients, count, cells)
    case 10:
      return add10(bins, gradients, count, cells)
    case 11:
      return add11(bins, gradients, count, cells)
    case 12:
      return add12(bins, gradients, count, cells)
    case 13:
      return add13(bins, gradients, count, cells)
    case 14:
      return add14(bins, gradients, count, cells)
    case 15:
      return add15(bins, gradients, count, cells)
    case 16:
      return add16(bins, gradients, count, cells)
  }
}
