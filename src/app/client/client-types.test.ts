import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../../scripts/paths.mjs'
import { clientTypes, type DescribedModel } from './client-types.js'

const model = (fields: Partial<DescribedModel>): DescribedModel => ({
  model: 'm',
  version: '1',
  task: 'binary',
  columns: [],
  classes: [],
  ...fields,
})

/** Names and labels that would break out of what is generated, were they not quoted. */
const descriptions = [
  model({
    model: 'churn',
    version: '3',
    columns: [
      { name: 'tenure', type: 'number' },
      { name: 'plan', type: 'string' },
      { name: 'since', type: 'timestamp' },
      { name: 'partner', type: 'boolean', labels: ['No', 'Yes'] },
      { name: 'active', type: 'boolean' },
    ],
    classes: ['stays', 'leaves'],
  }),
  model({ model: 'price', task: 'regression', columns: [{ name: 'size', type: 'number' }] }),
  model({ model: 'flag', columns: [{ name: 'size', type: 'number' }], classes: [false, true] }),
  model({
    model: 'grade',
    task: 'multiclass',
    columns: [{ name: 'size', type: 'number' }],
    classes: [1, 2, 3],
  }),
  model({
    model: `it's a "name" */ \u2028 }`,
    version: '1 */ }',
    columns: [
      { name: '__proto__', type: 'number' },
      { name: '"; }', type: 'string' },
    ],
    classes: ['a"b', '*/'],
  }),
  model({ model: 'graph', columns: undefined, task: undefined }),
]

describe('clientTypes', () => {
  it('gives the module whose types are tried in test/types', () => {
    // The file is committed so that the compiler sees it: test/types/client.test-d.ts.
    expect(readFileSync(join(root, 'test/types/models.generated.ts'), 'utf8')).toBe(clientTypes(descriptions))
  })

  it('gives an empty module for no models', () => {
    expect(clientTypes([])).toContain('export interface Models {')
  })
})
