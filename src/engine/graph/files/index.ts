export { encodeNpy, readNpy, writeNpy } from './npy.js'
export { encodeNpz, type NpzOptions, readNpz, writeNpz } from './npz.js'
