// The client knows the rows and answers of models by types that are generated from their signatures.
import { connect, type RowAnswer } from '../../src/app/client/index.js'
import type { Models } from './models.generated.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

const models = connect<Models>('http://localhost:8080', { key: 'secret' })
const row = { tenure: 3, plan: 'yearly', since: null, partner: 'Yes', active: true } as const

const answer = await models.predict('churn', row)
same<typeof answer, RowAnswer<'stays' | 'leaves', 'stays' | 'leaves'>>(true)
same<typeof answer.prediction, 'stays' | 'leaves'>(true)
same<typeof answer.probabilities, Readonly<Record<'stays' | 'leaves', number>> | undefined>(true)
const price = await models.predict(
  'price',
  { size: 30 },
  { explain: true, alias: 'champion', signal: AbortSignal.timeout(5) },
)
same<typeof price.prediction, number>(true)
const flag = await models.predict('flag', { size: null })
same<typeof flag.prediction, boolean>(true)
same<typeof flag.probabilities, Readonly<Record<'false' | 'true', number>> | undefined>(true)
const grades = await models.predictRows('grade', [{ size: 1 }, { size: 2 }])
same<typeof grades.predictions, readonly (1 | 2 | 3)[]>(true)
const odd = await models.predict(`it's a "name" */ \u2028 }`, { ['__proto__']: 1, '"; }': 'x' })
same<typeof odd.prediction, 'a"b' | '*/'>(true)

// @ts-expect-error no such model
await models.predict('chrun', row)
// @ts-expect-error a plain graph has no rows
await models.predict('graph', {})
// @ts-expect-error a wrong field
await models.predict('price', { sise: 30 })
// @ts-expect-error a field too many
await models.predict('price', { size: 30, rooms: 2 })
// @ts-expect-error a number is wanted
await models.predict('price', { size: '30' })
// @ts-expect-error a field is missing
await models.predict('churn', { tenure: 3 })
// @ts-expect-error a label that training had not
await models.predict('churn', { ...row, partner: 'Maybe' })
// @ts-expect-error one of several rows is wrong
await models.predictRows('grade', [{ size: 1 }, { size: true }])
// @ts-expect-error a class that is none
void answer.probabilities?.goes
// @ts-expect-error an unknown option
await models.predict('price', { size: 30 }, { explaim: true })

// Without types, any model and any row.
const untyped = await connect('http://localhost:8080').predict('anything', { a: 1, b: 'x' })
same<typeof untyped.prediction, string | number | boolean | null>(true)
