// A model knows the rows that it learned from.
import { fromRows, type Label, logisticRegression, type Row, ridge } from '../../src/index.js'
import { matrix } from '../../src/data/index.js'

interface Loan {
  income: number | null
  months: bigint
  purpose: string
  paid: boolean
  late?: number
  repaid: 'yes' | 'no'
}
declare const loans: Loan[]
declare const unknownRows: Record<string, unknown>[]
declare const anyRows: Row[]

const model = await logisticRegression().fit(loans, { target: 'repaid' })
const features = loans as readonly Omit<Loan, 'repaid'>[]
await model.predict(features)
await model.predict(loans)
await model.predictProba(loans)
await model.predict(fromRows(loans))
await model.predictProba(matrix(new Float64Array(2), { rows: 1, columns: 2 }))
// @ts-expect-error a misspelt field
await model.predict([{ incme: 'oops' }])
// @ts-expect-error a field of another type
await model.predictProba([{ income: '1', months: 1n, purpose: 'car', paid: true }])

// Numbers are learned from fields that may hold numbers.
await ridge().fit(loans, { target: 'income' })
await ridge().fit(loans, { target: 'months' })
await ridge().fit(loans, { target: 'late' })
// @ts-expect-error classes are no numbers
await ridge().fit(loans, { target: 'repaid' })
// @ts-expect-error nor are texts
await ridge().fit(loans, { target: 'purpose' })

// With labels beside the rows, too.
const beside = await ridge().fit(features, [1, 2])
await beside.predict(features)
// @ts-expect-error a misspelt field
await beside.predict([{ incme: 1 }])
const classes = await logisticRegression().fit(features, ['a', 'b'])
// @ts-expect-error a row without fields that were learned from
classes.predictRow({ income: 1 })

// Rows whose fields are not known stay possible.
const untyped = await ridge().fit(unknownRows, { target: 'income' })
await untyped.predict(unknownRows)
await untyped.predict([{ anything: 1 }])
untyped.predictRow({ anything: 1 })
const cells = await ridge().fit(anyRows, { target: 'income' })
await cells.predict(anyRows)
const guessed = await logisticRegression().fit(unknownRows, { target: 'repaid' })
const label: Label = guessed.predictRow({ anything: 1 })
String(label)
// @ts-expect-error it may be any label
guessed.predictRow({ anything: 1 }).toUpperCase()
const fromTable = await ridge().fit(fromRows(loans), { target: 'income' })
await fromTable.predict(loans)
