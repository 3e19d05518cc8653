// What a store without runs says: how to log the first one, from where one is.
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { Empty, Snippet } from '../../parts/empty.js'

const ways = {
  program: ['On the command line', () => 'npx modelwright train data.csv --target price'],
  typescript: [
    'TypeScript',
    () => `import { openTracker } from 'modelwright/track'

const tracker = await openTracker()
await using run = await tracker.start({ experiment: 'homes', params: { alpha: 0.5 } })
await run.log({ rmse: 0.31 }, { step: 1 })`,
  ],
  python: [
    'Python, with MLflow’s client',
    (origin: string) => `import mlflow

mlflow.set_tracking_uri("${origin}")
with mlflow.start_run():
    mlflow.log_param("alpha", 0.5)
    mlflow.log_metric("rmse", 0.31, step=1)`,
  ],
} as const satisfies Readonly<Record<string, readonly [string, (origin: string) => string]>>

type Way = keyof typeof ways

export function FirstRun() {
  const [way, setWay] = useState<Way>('program')
  const [label, lines] = ways[way]
  return (
    <Empty icon="runs" title="No runs yet">
      <p>Log the first one, and it appears here while it runs.</p>
      <SegmentedControl
        aria-label="From where"
        value={way}
        onChange={(value) => setWay(value as Way)}
        data={[
          { value: 'program', label: 'Command line' },
          { value: 'typescript', label: 'TypeScript' },
          { value: 'python', label: 'Python' },
        ]}
      />
      <Snippet label={label}>{lines(window.location.origin)}</Snippet>
    </Empty>
  )
}
