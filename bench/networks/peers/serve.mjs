// The part of a peer that is the same for all: three losses to be checked, then timed steps. For each line "N" on standard input,
// N steps are taken on other labels each, and their milliseconds printed as JSON.
import { createInterface } from 'node:readline'

/** @param once - takes a step on the labels as they are, and gives its loss */
export async function serve(labels, once) {
  console.log(JSON.stringify([await once(), await once(), await once()]))
  for await (const line of createInterface({ input: process.stdin })) {
    const times = []
    for (let i = 0; i < Number(line); i++) {
      labels.forEach((_, k) => (labels[k] = (k * 7 + i * 13) % 10))
      const start = performance.now()
      await once()
      times.push(performance.now() - start)
    }
    console.log(JSON.stringify(times))
  }
}
