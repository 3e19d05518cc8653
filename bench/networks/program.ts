// The built package's own rooms: programs run from another folder than they are written in.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const load = (path: string): Promise<unknown> => import(pathToFileURL(join(process.cwd(), 'dist', path)).href)

export const graph = (await load(
  'engine/graph/index.js',
)) as typeof import('../../dist/engine/graph/index.js')
export const nn = (await load('learn/nn/index.js')) as typeof import('../../dist/learn/nn/index.js')
export const onnx = (await load('engine/onnx/index.js')) as typeof import('../../dist/engine/onnx/index.js')
