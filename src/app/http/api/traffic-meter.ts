// What models in service do, minute by minute: requests, errors and latencies in a ring of buckets, in bounded memory.
import { wallClock } from '../../../base/index.js'
import type { RequestRecord } from '../../../operate/serve/index.js'
import type { ServingStatistics, TrafficBucket, VersionTraffic } from './page-types.js'

/** Seconds of a bucket, and how many are kept: an hour, in points that fill a chart. */
const bucketSeconds = 10
const bucketCount = 360
/** Versions that are counted apart. */
const mostVersions = 500
/** Names for which there is no version come from whoever asks: they must have an end, and take no place from the others. */
const mostUnknown = 100
/** Latencies are counted in classes, each 1.15 times the one before, from 10 µs to 100 s: a quantile is right within 15 %. */
const growth = 1.15
const least = 0.01
const classes = 116

interface Bucket {
  readonly slot: number
  requests: number
  errors: number
  rows: number
  readonly latency: Uint32Array
  readonly queue: Uint32Array
}

interface Meter {
  readonly model: string
  readonly version: string | undefined
  readonly buckets: Map<number, Bucket>
  readonly errorCodes: Map<number, Map<string, number>>
}

export interface TrafficMeter {
  readonly record: (record: RequestRecord) => void
  /** What happened in the last minutes. */
  statistics(minutes: number): ServingStatistics
}

/** Counts what `InferenceService.onRequest` tells. */
export function trafficMeter(time: () => number = wallClock): TrafficMeter {
  const meters = new Map<string, Meter>()
  const slotNow = (): number => Math.floor(time() / 1000 / bucketSeconds)
  return {
    record(request) {
      const meter = meterOf(meters, request)
      if (meter === undefined) return
      const slot = slotNow()
      const bucket = meter.buckets.get(slot) ?? openBucket(meter, slot)
      bucket.requests++
      bucket.rows += request.rows
      if (request.errorCode === undefined) {
        bucket.latency[classOf(request.queueTime + request.computeTime)]!++
        bucket.queue[classOf(request.queueTime)]!++
      } else {
        bucket.errors++
        const codes = meter.errorCodes.get(slot) ?? new Map<string, number>()
        codes.set(request.errorCode, (codes.get(request.errorCode) ?? 0) + 1)
        meter.errorCodes.set(slot, codes)
      }
    },
    statistics(minutes) {
      const last = slotNow()
      const first = last - Math.min(bucketCount, Math.ceil((minutes * 60) / bucketSeconds)) + 1
      return {
        now: time(),
        bucketSeconds,
        versions: [...meters.values()].map((meter) => traffic(meter, first, last)),
      }
    },
  }
}

function meterOf(meters: Map<string, Meter>, { model, version }: RequestRecord): Meter | undefined {
  const name = JSON.stringify([model, version ?? null])
  const known = meters.get(name)
  if (known !== undefined) return known
  const isOfKind = (meter: Meter): boolean => (meter.version === undefined) === (version === undefined)
  const alike = [...meters.values()].filter(isOfKind).length
  if (alike >= (version === undefined ? mostUnknown : mostVersions)) return undefined
  const made: Meter = { model, version, buckets: new Map(), errorCodes: new Map() }
  meters.set(name, made)
  return made
}

function openBucket(meter: Meter, slot: number): Bucket {
  for (const old of meter.buckets.keys()) if (old <= slot - bucketCount) meter.buckets.delete(old)
  for (const old of meter.errorCodes.keys()) if (old <= slot - bucketCount) meter.errorCodes.delete(old)
  const bucket: Bucket = {
    slot,
    requests: 0,
    errors: 0,
    rows: 0,
    latency: new Uint32Array(classes),
    queue: new Uint32Array(classes),
  }
  meter.buckets.set(slot, bucket)
  return bucket
}

function traffic(meter: Meter, first: number, last: number): VersionTraffic {
  const found = [...meter.buckets.values()].filter(({ slot }) => slot >= first && slot <= last)
  const latency = summed(found.map((bucket) => bucket.latency))
  const errorCodes: Record<string, number> = {}
  for (const [slot, codes] of meter.errorCodes)
    if (slot >= first && slot <= last)
      for (const [code, count] of codes) errorCodes[code] = (errorCodes[code] ?? 0) + count
  return {
    model: meter.model,
    version: meter.version ?? null,
    requests: total(found, 'requests'),
    errors: total(found, 'errors'),
    rows: total(found, 'rows'),
    ...quantiles(latency),
    queueP99: quantile(summed(found.map(({ queue }) => queue)), 0.99),
    errorCodes,
    buckets: Array.from({ length: last - first + 1 }, (_, i) => bucketOf(meter, first + i)),
  }
}

function bucketOf(meter: Meter, slot: number): TrafficBucket {
  const bucket = meter.buckets.get(slot)
  return {
    time: slot * bucketSeconds * 1000,
    requests: bucket?.requests ?? 0,
    errors: bucket?.errors ?? 0,
    rows: bucket?.rows ?? 0,
    ...quantiles(bucket?.latency ?? new Uint32Array(classes)),
  }
}

const total = (buckets: readonly Bucket[], of: 'requests' | 'errors' | 'rows'): number =>
  buckets.reduce((sum, bucket) => sum + bucket[of], 0)

function summed(counts: readonly Uint32Array[]): Uint32Array {
  const sum = new Uint32Array(classes)
  for (const each of counts) for (let i = 0; i < classes; i++) sum[i]! += each[i]!
  return sum
}

const quantiles = (counts: Uint32Array) => ({
  p50: quantile(counts, 0.5),
  p90: quantile(counts, 0.9),
  p99: quantile(counts, 0.99),
})

const classOf = (milliseconds: number): number =>
  Math.min(classes - 1, Math.max(0, Math.ceil(Math.log(milliseconds / least) / Math.log(growth))) || 0)

/** The upper end of the class in which the quantile lies. */
function quantile(counts: Uint32Array, q: number): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0)
  if (all === 0) return null
  let seen = 0
  const at = counts.findIndex((count) => (seen += count) >= q * all)
  return least * growth ** at
}
