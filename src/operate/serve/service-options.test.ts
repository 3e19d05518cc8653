import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../base/index.js'
import { settingsOf } from './service-options.js'

const sources = ['models']

describe('options of a service', () => {
  it('have their defaults, also where they are undefined', () => {
    const defaults = settingsOf({ sources })
    expect(defaults).toMatchObject({ preload: 'default', watchInterval: 2000, queueLimit: 2048, aliases: {} })
    expect(defaults.memoryLimit).toBeGreaterThan(0)
    expect(defaults.workers).toBeGreaterThanOrEqual(2)
    expect(settingsOf({ sources, queueLimit: undefined, batching: undefined }).queueLimit).toBe(2048)
    expect(settingsOf({ sources, threads: 3 })).toMatchObject({ threads: 3, threadsOfWorker: 3 })
  })

  it('join requests as the model says, else as all do', () => {
    const { batchingOf } = settingsOf({
      sources,
      batching: { maxDelay: 5 },
      batchingByModel: { slow: { maxBatch: 8 }, toString: { maxDelay: 0 } },
    })
    expect(batchingOf('other')).toEqual({ maxBatch: 64, maxDelay: 5 })
    expect(batchingOf('slow')).toEqual({ maxBatch: 8, maxDelay: 5 })
    expect(batchingOf('toString')).toEqual({ maxBatch: 64, maxDelay: 0 })
    expect(batchingOf('constructor')).toEqual({ maxBatch: 64, maxDelay: 5 })
  })

  it.each<[string, object]>([
    ["'queueLimit'", { queueLimit: 0 }],
    ["Did you mean 'workers'", { worker: 2 }],
    ["'maxBatch'", { batching: { maxBatch: 0 } }],
    ["Did you mean 'maxDelay'", { batchingByModel: { a: { maxdelay: 1 } } }],
    ['an object', { batching: [] }],
  ])('say %s when they are wrong', (sentence, options) => {
    expect(() => settingsOf({ sources, ...options })).toThrow(InvalidOptionError)
    expect(() => settingsOf({ sources, ...options })).toThrow(sentence)
  })
})
