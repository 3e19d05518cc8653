// Raw scores of rows of float32 values: eight rows walk down a tree side by side, so that their loads overlap.
// A node is 16 bytes: threshold (float32), byte offset of its value in a row with the side for missing values in the
// lowest bit, address of the left child (the right one follows it). A leaf points to itself and has the threshold +∞.
// Leaf values are float64 in an array of their own, in the order of the nodes.

/** Rows whose scores stay in the first cache while all trees pass over them. */
const ROWS_PER_BLOCK: i32 = 256

@inline
function nextPlain(node: usize, row: usize): usize {
  const value = load<f32>(row + (<usize>load<u32>(node, 4) & ~1))
  return <usize>load<u32>(node, 8) + (<usize>(value > load<f32>(node)) << 4)
}

/** As {@link nextPlain} for rows with missing values. */
@inline
function nextMissing(node: usize, row: usize): usize {
  const where = <usize>load<u32>(node, 4)
  const value = load<f32>(row + (where & ~1))
  const right = i32(value > load<f32>(node)) | (i32(value != value) & <i32>(where & 1))
  return <usize>load<u32>(node, 8) + (<usize>right << 4)
}

@inline
function next(missing: bool, node: usize, row: usize): usize {
  return missing ? nextMissing(node, row) : nextPlain(node, row)
}

@inline
function atLeaf(node: usize): usize {
  return <usize>load<u32>(node, 8) ^ node
}

@inline
function add(out: usize, value: usize): void {
  store<f64>(out, load<f64>(out) + load<f64>(value))
}

/** One tree over `count` rows; `missing` is a constant of each copy. */
@inline
function walkTree(
  missing: bool, root: usize, depth: i32, row: usize, rowBytes: usize, count: i32, out: usize, outBytes: usize,
  nodesAt: usize, valuesAt: usize,
): void {
  let i = 0
  for (; i + 8 <= count; i += 8) {
    const r1 = row + rowBytes
    const r2 = r1 + rowBytes
    const r3 = r2 + rowBytes
    const r4 = r3 + rowBytes
    const r5 = r4 + rowBytes
    const r6 = r5 + rowBytes
    const r7 = r6 + rowBytes
    let n0 = root
    let n1 = root
    let n2 = root
    let n3 = root
    let n4 = root
    let n5 = root
    let n6 = root
    let n7 = root
    for (let d = 0; d < depth; d++) {
      n0 = next(missing, n0, row)
      n1 = next(missing, n1, r1)
      n2 = next(missing, n2, r2)
      n3 = next(missing, n3, r3)
      n4 = next(missing, n4, r4)
      n5 = next(missing, n5, r5)
      n6 = next(missing, n6, r6)
      n7 = next(missing, n7, r7)
      // Leaf-wise trees are deep on one side only: every fourth level, look whether all have arrived.
      if ((d & 3) == 3) {
        const moving =
          atLeaf(n0) | atLeaf(n1) | atLeaf(n2) | atLeaf(n3) | atLeaf(n4) | atLeaf(n5) | atLeaf(n6) | atLeaf(n7)
        if (moving == 0) break
      }
    }
    add(out, valuesAt + ((n0 - nodesAt) >> 1))
    add(out + outBytes, valuesAt + ((n1 - nodesAt) >> 1))
    add(out + 2 * outBytes, valuesAt + ((n2 - nodesAt) >> 1))
    add(out + 3 * outBytes, valuesAt + ((n3 - nodesAt) >> 1))
    add(out + 4 * outBytes, valuesAt + ((n4 - nodesAt) >> 1))
    add(out + 5 * outBytes, valuesAt + ((n5 - nodesAt) >> 1))
    add(out + 6 * outBytes, valuesAt + ((n6 - nodesAt) >> 1))
    add(out + 7 * outBytes, valuesAt + ((n7 - nodesAt) >> 1))
    row = r7 + rowBytes
    out += 8 * outBytes
  }
  for (; i < count; i++) {
    let node = root
    while (atLeaf(node) != 0) node = next(missing, node, row)
    add(out, valuesAt + ((node - nodesAt) >> 1))
    row += rowBytes
    out += outBytes
  }
}

function walkPlain(
  root: usize, depth: i32, row: usize, rowBytes: usize, count: i32, out: usize, outBytes: usize, nodesAt: usize,
  valuesAt: usize,
): void {
  walkTree(false, root, depth, row, rowBytes, count, out, outBytes, nodesAt, valuesAt)
}

function walkMissing(
  root: usize, depth: i32, row: usize, rowBytes: usize, count: i32, out: usize, outBytes: usize, nodesAt: usize,
  valuesAt: usize,
): void {
  walkTree(true, root, depth, row, rowBytes, count, out, outBytes, nodesAt, valuesAt)
}

function anyMissing(values: usize, bytes: usize): bool {
  const end = values + bytes
  let found = i32x4.splat(0)
  for (; values + 16 <= end; values += 16) {
    const v = v128.load(values)
    found = v128.or(found, f32x4.ne(v, v))
  }
  for (; values < end; values += 4) {
    const v = load<f32>(values)
    if (v != v) return true
  }
  return v128.any_true(found)
}

/**
 * Adds all trees to the scores of `count` rows. `roots` holds for each tree its root's address, its depth and the byte
 * offset of its output in a row of scores; `out` holds the base scores, or those of earlier trees.
 */
export function predictRows(
  values: usize, columns: i32, count: i32, roots: usize, trees: i32, out: usize, outputs: i32, nodesAt: usize,
  valuesAt: usize, thread: i32, threads: i32,
): void {
  const rowBytes = <usize>columns << 2
  const outBytes = <usize>outputs << 3
  const blocks = (count + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK
  for (let block = thread; block < blocks; block += threads) {
    const first = block * ROWS_PER_BLOCK
    const part = min(ROWS_PER_BLOCK, count - first)
    const row = values + <usize>first * rowBytes
    const to = out + <usize>first * outBytes
    const missing = anyMissing(row, <usize>part * rowBytes)
    for (let t = 0; t < trees; t++) {
      const at = roots + <usize>t * 12
      const root = <usize>load<u32>(at)
      const depth = load<i32>(at, 4)
      const own = to + <usize>load<u32>(at, 8)
      if (missing) walkMissing(root, depth, row, rowBytes, part, own, outBytes, nodesAt, valuesAt)
      else walkPlain(root, depth, row, rowBytes, part, own, outBytes, nodesAt, valuesAt)
    }
  }
}
