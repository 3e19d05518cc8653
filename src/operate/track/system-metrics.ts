// Load of the machine while a run goes on, under MLflow's names.
import { cpus, freemem, totalmem } from 'node:os'

/** Milliseconds, as MLflow samples. */
export const sampleEvery = 10_000

const mebibyte = 2 ** 20

/** Samples of the machine; the processor's load is that since the sample before. */
export function systemSampler(): () => Record<string, number> {
  let before = processorTimes()
  return () => {
    const times = processorTimes()
    const total = times.total - before.total
    const busy = total === 0 ? 0 : 1 - (times.idle - before.idle) / total
    before = times
    const used = totalmem() - freemem()
    return {
      'system/cpu_utilization_percentage': 100 * busy,
      'system/system_memory_usage_megabytes': used / mebibyte,
      'system/system_memory_usage_percentage': (100 * used) / totalmem(),
      'system/process_memory_usage_megabytes': process.memoryUsage.rss() / mebibyte,
    }
  }
}

function processorTimes(): { readonly idle: number; readonly total: number } {
  let idle = 0
  let total = 0
  for (const { times } of cpus()) {
    idle += times.idle
    total += times.user + times.nice + times.sys + times.idle + times.irq
  }
  return { idle, total }
}
