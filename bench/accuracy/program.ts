// The built package's own floors: what is judged here is not public, and programs run from another folder than they are
// written in.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const load = (path: string): Promise<unknown> => import(pathToFileURL(join(process.cwd(), 'dist', path)).href)

export const base = (await load('base/index.js')) as typeof import('../../dist/base/index.js')
export const data = (await load('data/index.js')) as typeof import('../../dist/data/index.js')
export const metrics = (await load('metrics/index.js')) as typeof import('../../dist/metrics/index.js')
export const validation = (await load(
  'evaluate/validation/index.js',
)) as typeof import('../../dist/evaluate/validation/index.js')
export const ladder = (await load('tune/ladder/index.js')) as typeof import('../../dist/tune/ladder/index.js')
export const { poseTask } = (await load(
  'operate/train/target-column.js',
)) as typeof import('../../dist/operate/train/target-column.js')
export const { divideFolds } = (await load(
  'operate/train/divide.js',
)) as typeof import('../../dist/operate/train/divide.js')
export const catalogue = (await load('learn/catalogue.js')) as typeof import('../../dist/learn/catalogue.js')
