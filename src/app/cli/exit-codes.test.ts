import { describe, expect, it } from 'vitest'
import * as errors from '../../base/errors.js'
import { exitCodeOf } from './exit-codes.js'

const classes = new Map(Object.entries(errors)) as ReadonlyMap<string, unknown>
const made = (name: string): Error => new (classes.get(name) as new (message: string) => Error)('text')

describe('exitCodeOf', () => {
  it.each<[string, number]>([
    ['UsageError', 2],
    ['InvalidOptionError', 2],
    ['UnknownColumnError', 2],
    ['ConflictError', 2],
    ['SchemaMismatchError', 3],
    ['ShapeError', 3],
    ['DataError', 3],
    ['ConvergenceError', 3],
    ['FormatError', 3],
    ['EngineMissingError', 3],
    ['NotFoundError', 3],
    ['StorageError', 3],
    ['TimeBudgetError', 4],
    ['InternalError', 1],
  ])('gives %s its status', (name, status) => {
    expect(exitCodeOf(made(name))).toBe(status)
  })

  it('knows every class of error', () => {
    // Each leaf but InternalError stands for something that a user can mend.
    const leaves = [...classes.keys()].filter((name) => name.endsWith('Error') && name !== 'ModelwrightError')
    for (const name of leaves.filter((leaf) => leaf !== 'InternalError'))
      expect([name, exitCodeOf(made(name))]).not.toEqual([name, 1])
  })

  it('takes anything else for our bug', () => {
    for (const thrown of [new Error('x'), new TypeError('x'), 'x', undefined, null])
      expect(exitCodeOf(thrown)).toBe(1)
  })
})
