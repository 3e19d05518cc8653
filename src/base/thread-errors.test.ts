import { expect, test } from 'vitest'
import { NotFoundError } from './errors.js'
import { plainError, revivedError } from './thread-errors.js'

const sent = (error: unknown): Error => revivedError(structuredClone(plainError(error)))

test('an error of ours keeps sentence, code and details, and is told by its class', () => {
  const error = sent(new NotFoundError('No such run.', { kind: 'run', id: 'r', ask: () => 1 }))
  expect(NotFoundError.is(error)).toBe(true)
  expect(error).toMatchObject({ message: 'No such run.', details: { kind: 'run', id: 'r' } })
})

test('any other error keeps its message and where it was thrown', () => {
  const thrown = new RangeError('too far')
  expect(sent(thrown)).toMatchObject({ message: 'too far', stack: thrown.stack })
  expect(sent('just text').message).toBe('just text')
})
