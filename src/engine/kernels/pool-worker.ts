// The entry of a pool's worker thread: one instance of the kernels on the pool's shared memory.
import { parentPort, workerData } from 'node:worker_threads'
import { boostRounds } from './boost-rounds.js'
import type { BoostResult, Job, WorkerMessage, WorkerStart } from './jobs.js'
import { instantiate } from './kernel-instance.js'

const { kernelModule, memory, thread } = workerData as WorkerStart
const kernel = instantiate(kernelModule, memory)
const send = (message: WorkerMessage): void => parentPort!.postMessage(message)

function perform(job: Job): BoostResult | undefined {
  if (job.type === 'predict') {
    kernel.predictRows(
      job.values,
      job.columns,
      job.count,
      job.roots,
      job.trees,
      job.out,
      job.outputs,
      job.nodes,
      job.leafValues,
      thread,
      job.threads,
    )
    return undefined
  }
  kernel.configure(thread)
  if (job.type === 'find-bins') {
    kernel.findBins(job.samples, job.sampleRows, job.first, job.count, job.maxBins, job.scratch)
  } else if (job.type === 'bin-rows') {
    kernel.binRows(job.values, job.first, job.count, job.tiles, job.columns, job.totalRows)
  } else {
    return boostRounds(job, { kernel, memory, thread, report: send })
  }
  return undefined
}

parentPort!.on('message', (job: Job) => {
  send({ type: 'done', result: perform(job) })
})
