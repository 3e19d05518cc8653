// Models in the formats of other programs: what exports them as ONNX.
import { open, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { FormatError } from '../../../base/index.js'

const torch =
  "torch.onnx.export(model, example_input, 'model.onnx', dynamic_axes={'input': {0: 'batch'}}, input_names=['input'])"
const keras =
  "model.export('model.onnx', format='onnx') in Keras 3, or tf2onnx.convert.from_keras(model, output_path='model.onnx')"
const savedModel = 'python -m tf2onnx.convert --saved-model <folder> --output model.onnx'
const sklearn = "skl2onnx.to_onnx(model, X[:1].astype('float32')), written with .SerializeToString()"

interface Foreign {
  readonly what: string
  readonly how: string
}

const byExtension: Readonly<Record<string, Foreign>> = {
  '.pt': { what: 'a PyTorch file', how: torch },
  '.pth': { what: 'a PyTorch file', how: torch },
  '.bin': { what: 'a PyTorch file', how: torch },
  '.safetensors': {
    what: 'a safetensors file, weights without a graph (openSafetensors reads them)',
    how: torch,
  },
  '.ckpt': { what: 'a checkpoint', how: torch },
  '.h5': { what: 'a Keras file', how: keras },
  '.hdf5': { what: 'a Keras file', how: keras },
  '.keras': { what: 'a Keras file', how: keras },
  '.pb': { what: 'a TensorFlow graph', how: savedModel },
  '.tflite': {
    what: 'a TensorFlow Lite file',
    how: 'python -m tf2onnx.convert --tflite model.tflite --output model.onnx',
  },
  '.pkl': { what: 'a Python pickle', how: sklearn },
  '.joblib': { what: 'a Python pickle', how: sklearn },
}

/** @throws {@link FormatError} for a path that is no ONNX file by its name or its first bytes, with the call that makes one */
export async function checkFormat(path: string): Promise<void> {
  const foreign = byExtension[extname(path).toLowerCase()]
  if (foreign !== undefined) throw notOnnx(path, foreign)
  if (await exists(join(path, 'saved_model.pb')))
    throw notOnnx(path, { what: 'a TensorFlow SavedModel folder', how: savedModel })
  checkBytes(await firstBytes(path), path)
}

/** None where there is no such file: its reader says so. */
async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return new Uint8Array()
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(8), 0, 8, 0)
    return buffer.subarray(0, bytesRead)
  } catch {
    return new Uint8Array()
  } finally {
    await file.close()
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** First bytes of formats that come without a name. */
const signatures: readonly (Foreign & { readonly bytes: readonly number[] })[] = [
  { bytes: [0x50, 0x4b, 3, 4], what: 'a ZIP archive, as PyTorch and Keras write', how: `${torch}; ${keras}` },
  { bytes: [0x89, 0x48, 0x44, 0x46], what: 'an HDF5 file, as Keras writes', how: keras },
  // Protocols 2 to 5.
  ...[2, 3, 4, 5].map((protocol) => ({
    bytes: [0x80, protocol],
    what: 'a Python pickle',
    how: `${torch}; ${sklearn}`,
  })),
]

/** @throws {@link FormatError} for bytes that begin as those of another format */
export function checkBytes(bytes: Uint8Array, path = 'the bytes'): void {
  const found = signatures.find((one) => one.bytes.every((byte, i) => bytes[i] === byte))
  if (found !== undefined) throw notOnnx(path, found)
}

function notOnnx(path: string, { what, how }: Foreign): FormatError {
  const subject = path === 'the bytes' ? path : `'${path}'`
  return new FormatError(
    `importOnnx: ${subject} ${path === 'the bytes' ? 'are' : 'is'} ${what}, expected an ONNX file. Export one in Python: ${how}.`,
    { format: what, path },
  )
}
