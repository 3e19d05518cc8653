// A key by which equal constants are stored once.
import { sha256 } from '../../base/index.js'
import { tensorBytes, type Tensor } from './tensor.js'

/** Equal for tensors of equal type, sizes and elements (bit by bit: −0 is not 0, so that no sign is lost). */
export function tensorKey(value: Tensor): string {
  const head = `${value.type}[${value.dims.join(',')}]`
  if (value.type === 'string') return `${head}${sha256(JSON.stringify(value.data))}`
  const bytes = tensorBytes(value)
  // Short constants are their own key; hashing thousands of scalars would cost more than it saves.
  return bytes.length <= 64 ? `${head}${bytes.join(' ')}` : `${head}#${sha256(bytes)}`
}
