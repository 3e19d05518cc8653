// Rows as a database driver gives them; a typed model comes out, judged by cross-validation.
import { autoPrepare, pipeline } from 'modelwright'
import { gradientBoostingClassifier } from 'modelwright/boost'
import { crossValidate } from 'modelwright/evaluate'

interface Order {
  readonly country: string
  readonly items: number
  readonly paidAt: Date | null
  readonly returned: 'yes' | 'no'
}

/** Stands for `await db.selectFrom('orders').selectAll().execute()`. */
function loadOrders(): Order[] {
  const countries = ['NO', 'CH', 'LV']
  return Array.from({ length: 300 }, (_, i) => ({
    country: countries[i % 3]!,
    items: 1 + ((i * 7) % 11),
    paidAt: i % 9 === 0 ? null : new Date(Date.UTC(2026, i % 12, 1 + (i % 28))),
    returned: (i * 7) % 11 > 6 || i % 13 === 0 ? 'yes' : 'no',
  }))
}

const orders = loadOrders()
const estimator = pipeline(autoPrepare(), gradientBoostingClassifier({ nEstimators: 60 }))
const { metric, mean, sd } = await crossValidate(estimator, orders, 'returned')
console.log(`${metric} ${mean.toFixed(3)} ± ${sd.toFixed(3)} between folds`)

const model = await estimator.fit(orders, { target: 'returned' })
const answer = model.predictRow({ country: 'NO', items: 10, paidAt: null })
console.log(`an order of ten items: ${answer}`)
