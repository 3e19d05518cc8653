// Long lists of numbers in attributes, encoded by hand: a forest has millions of them, and the general writer makes two
// objects for each. Wire format: protobuf, unpacked repeated fields, as ONNX's proto2 schema declares them.

// Field numbers of AttributeProto, shifted over the wire type (5: 32 bits, 0: varint, 2: length and bytes).
const floatsTag = (7 << 3) | 5
const intsTag = (8 << 3) | 0
const stringsTag = (9 << 3) | 2

/** The field `floats` of an attribute. */
export function encodeFloats(values: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(values.length * 5)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) {
    bytes[i * 5] = floatsTag
    view.setFloat32(i * 5 + 1, values[i]!, true)
  }
  return bytes
}

/** The field `ints` of an attribute. */
export function encodeInts(values: ArrayLike<number | bigint>): Uint8Array {
  // A tag and at most ten bytes of seven bits each.
  let bytes = new Uint8Array(values.length * 4 + 11)
  let at = 0
  for (let i = 0; i < values.length; i++) {
    if (at + 11 > bytes.length) {
      const larger = new Uint8Array(bytes.length * 2)
      larger.set(bytes)
      bytes = larger
    }
    bytes[at++] = intsTag
    at = writeVarint(bytes, at, values[i]!)
  }
  return bytes.subarray(0, at)
}

/** The field `strings` of an attribute. */
export function encodeStrings(values: readonly string[]): Uint8Array {
  // A forest repeats two words a million times: each distinct text is encoded once.
  const fields = new Map<string, Uint8Array>()
  let size = 0
  for (const text of values) {
    let field = fields.get(text)
    if (field === undefined) {
      field = stringField(text)
      fields.set(text, field)
    }
    size += field.length
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const text of values) {
    const field = fields.get(text)!
    bytes.set(field, at)
    at += field.length
  }
  return bytes
}

function stringField(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text)
  const field = new Uint8Array(encoded.length + 11)
  field[0] = stringsTag
  const start = writeVarint(field, 1, encoded.length)
  field.set(encoded, start)
  return field.subarray(0, start + encoded.length)
}

function writeVarint(bytes: Uint8Array, start: number, value: number | bigint): number {
  let at = start
  if (typeof value === 'number' && value >= 0 && value < 0x80000000) {
    let rest = value
    for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128
    bytes[at++] = rest
    return at
  }
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes[at++] = Number(rest & 127n) | 128
  bytes[at++] = Number(rest)
  return at
}
