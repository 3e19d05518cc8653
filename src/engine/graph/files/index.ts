export { encodeNpy, readNpy, writeNpy } from './npy.js'
export { encodeNpz, type NpzOptions, readNpz, writeNpz } from './npz.js'
export {
  encodeSafetensors,
  openSafetensors,
  type ShardOptions,
  writeSafetensors,
  writeShardedSafetensors,
} from './safetensors.js'
export type { ReadTensorOptions, Safetensors } from './safetensors-file.js'
export type { SafetensorsType, TensorInfo } from './safetensors-header.js'
