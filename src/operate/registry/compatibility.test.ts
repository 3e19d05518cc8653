import { expect, test } from 'vitest'
import { compareSignatures } from './compatibility.js'
import { compatibleCheck } from './verdict.js'
import type { ModelSignature } from './signature.js'

const base: ModelSignature = {
  task: 'binary',
  target: 'buys',
  inputs: [
    { name: 'age', type: 'number' },
    { name: 'member', type: 'boolean', labels: ['no', 'yes'] },
    { name: 'joined', type: 'timestamp', format: 'iso' },
  ],
  outputs: ['prediction', 'probabilities'],
  classes: ['No', 'Yes'],
}

const changed = (change: Partial<ModelSignature>): ModelSignature => ({ ...base, ...change })
const inputs = (...fields: ModelSignature['inputs']): ModelSignature => changed({ inputs: fields })
const [age, member, joined] = base.inputs as [
  (typeof base.inputs)[0],
  (typeof base.inputs)[0],
  (typeof base.inputs)[0],
]

test.each([
  ['the same', base, 'compatible', []],
  ['columns in another order', inputs(joined, member, age), 'compatible', []],
  [
    'a column less',
    inputs(age, member),
    'wider',
    ["Column 'joined' (timestamp) is not read any more; it may be given or not."],
  ],
  [
    'a column more',
    inputs(...base.inputs, { name: 'city', type: 'string' }),
    'breaking',
    ["Column 'city' (string) must be given now; it was not asked for before."],
  ],
  [
    'a number as a category',
    inputs({ name: 'age', type: 'string' }, member, joined),
    'wider',
    ["Column 'age' is read as string now, before as number."],
  ],
  [
    'a number as a date',
    inputs({ name: 'age', type: 'timestamp' }, member, joined),
    'breaking',
    ["Column 'age' is read as timestamp now, before as number."],
  ],
  [
    'other words for yes',
    inputs(age, { ...member, labels: ['0', '1'] }, joined),
    'breaking',
    ["Column 'member' is written as 0,1 now, before as no,yes."],
  ],
  [
    'any notation of dates',
    inputs(age, member, { name: 'joined', type: 'timestamp' }),
    'wider',
    ["Column 'joined' is written as any notation now, before as iso."],
  ],
  ['a class more', changed({ classes: ['No', 'Yes', 'Maybe'] }), 'breaking', ["It may answer 'Maybe' now."]],
  ['a class less', changed({ classes: ['No'] }), 'breaking', ["It never answers 'Yes' any more."]],
  [
    'classes in another order',
    changed({ classes: ['Yes', 'No'] }),
    'breaking',
    ['Probabilities are in the order Yes, No now, before No, Yes.'],
  ],
  [
    'an output more',
    changed({ outputs: [...base.outputs, 'score'] }),
    'wider',
    ["It gives 'score' besides."],
  ],
  ['another target', changed({ target: 'leaves' }), 'breaking', ["It now predicts 'leaves', before 'buys'."]],
  [
    'numbers for classes',
    changed({ task: 'regression', classes: [], outputs: ['prediction'] }),
    'breaking',
    ['It now solves a regression task, before a binary one.', "It does not give 'probabilities' any more."],
  ],
] as const)('%s', (_, after, verdict, sentences) => {
  const found = compareSignatures(base, after)
  expect(found.verdict).toBe(verdict)
  expect(found.changes.map(({ sentence }) => sentence)).toEqual(sentences)
})

test('a gate names few of many changes, and what to do', () => {
  const more = Array.from({ length: 9 }, (_, i) => ({ name: `c${i}`, type: 'number' as const }))
  const { sentence, passed } = compatibleCheck(compareSignatures(base, inputs(...base.inputs, ...more)))
  expect(passed).toBe(false)
  expect(sentence).toMatch(/'c2' .* And 6 more changes \(modelwright models diff\)\. .*--incompatible/)
  expect(sentence).not.toContain("'c3'")
})
