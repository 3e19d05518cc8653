// From a file to a judged model: reads customers, tries models for a few seconds, writes a report and a bundle.
import { train } from 'modelwright/train'

const { result, model } = await train({
  source: 'examples/data/telco-churn.csv',
  target: 'Churn',
  // Seconds for everything. Sixty, the default, find a slightly better model.
  time: 20,
  out: 'out/churn',
})

const score = result.scores[result.metric]!
const [low, high] = result.intervals[result.metric]!
console.log(`${result.model}: ${result.metric} ${score.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`)
console.log(`a constant answer: ${result.baseline[result.metric]!.toFixed(3)}`)
console.log(`reads ${model.inputs.map(({ name }) => name).join(', ')}`)
console.log(`report: ${result.report}`)
