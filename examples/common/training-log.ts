// A training as it goes: a line for each epoch, and in the end a learning curve.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkEvent } from 'modelwright/nn'
import { learningCurve, type Point } from './learning-curve.js'
import { programName } from './settings.js'

/** What is told of a training, by events or step by step. */
export interface TrainingLog {
  addStep(loss: number): void
  /** For `onEvent` of fitNetwork. */
  onEvent(event: NetworkEvent): void
  /** Writes out/NAME/learning-curve.svg and says so. */
  saveCurve(title: string): void
}

export function trainingLog(): TrainingLog {
  const training: number[] = []
  const validation: Point[] = []
  const addStep = (loss: number): void => void training.push(loss)
  return {
    addStep,
    onEvent(event) {
      if (event.type === 'warning') console.log(event.message)
      if (event.type === 'step-end') addStep(event.loss)
      if (event.type !== 'epoch-end') return
      const held = event.validation?.['loss']
      if (held !== undefined) validation.push([training.length, held])
      const judged = held === undefined ? '' : `, validation ${held.toPrecision(4)}`
      const loss = `training loss ${event.trainLoss.toPrecision(4)}${judged}`
      console.log(`step ${training.length}: ${loss} (${event.seconds.toFixed(1)} s)`)
    },
    saveCurve(title) {
      const folder = join('out', programName())
      const file = join(folder, 'learning-curve.svg')
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, learningCurve(title, { training: means(training), validation }))
      console.log(`learning curve: ${file}`)
    },
  }
}

/** Losses of single batches jump: means of up to sixty parts, each at its middle. */
function means(losses: readonly number[]): Point[] {
  const size = Math.ceil(losses.length / 60)
  return Array.from({ length: Math.floor(losses.length / size) }, (_, i) => {
    const some = losses.slice(i * size, (i + 1) * size)
    return [(i + 0.5) * size, some.reduce((sum, loss) => sum + loss) / size]
  })
}
