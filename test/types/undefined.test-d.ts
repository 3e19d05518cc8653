// Undefined means default, also where exactOptionalPropertyTypes is on, as it is here.
import {
  autoPrepare,
  gradientBoostingClassifier,
  loadModel,
  readTable,
  ridge,
  train,
} from '../../src/index.js'
import { kFold, type Table } from '../../src/data/index.js'
import { permutationImportance } from '../../src/evaluate/index.js'
import { accuracy, bootstrapInterval, rocCurve } from '../../src/metrics/index.js'
import { oneHot, standardScaler } from '../../src/learn/preprocess/index.js'

declare const maybe: { count: number | undefined; text: string | undefined }
declare const table: Table

gradientBoostingClassifier({ maxDepth: undefined, nEstimators: maybe.count })
ridge({ alpha: maybe.count })
oneHot({ maxCategories: maybe.count })
autoPrepare({ for: undefined })
await train({
  table: undefined,
  source: maybe.text,
  target: 'y',
  time: maybe.count,
  seed: maybe.count,
  out: undefined,
})
const model = await ridge().fit(table, {
  target: 'y',
  seed: maybe.count,
  threads: undefined,
  validation: undefined,
})
await standardScaler().fit(table, undefined, { seed: undefined, sampleWeight: undefined })
await readTable(undefined, { sql: maybe.text, header: undefined })
await loadModel('bundle', { engine: undefined, threads: maybe.count })
kFold({ rows: table, folds: maybe.count, group: maybe.text })
await permutationImportance(model, table, 'y', { metric: maybe.text })
accuracy(['a'], ['a'], { sampleWeight: undefined })
rocCurve([0, 1], [0, 1], { sampleWeight: undefined })
await bootstrapInterval(() => 1, 3, { seed: maybe.count })
