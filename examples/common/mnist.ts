// MNIST as its authors publish it: a header of big-endian numbers, then a byte for each pixel or label.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { array } from 'modelwright/graph'
import type { Images } from './glyphs.js'

const parts = { train: 'train', test: 't10k' } as const

/** What the folder must hold. */
export const mnistFiles: readonly string[] = Object.values(parts).flatMap((part) => [
  `${part}-images-idx3-ubyte.gz`,
  `${part}-labels-idx1-ubyte.gz`,
])

export function readMnist(folder: string, part: keyof typeof parts): Images {
  const read = (kind: string): Buffer =>
    gunzipSync(readFileSync(join(folder, `${parts[part]}-${kind}-ubyte.gz`)))
  const [images, labels] = [read('images-idx3'), read('labels-idx1')]
  const [rows, height, width] = [4, 8, 12].map((at) => images.readUInt32BE(at)) as [number, number, number]
  return {
    x: array(
      Float32Array.from(images.subarray(16), (byte) => byte / 255),
      { shape: [rows, 1, height, width] },
    ),
    y: array(Int32Array.from(labels.subarray(8))),
  }
}
