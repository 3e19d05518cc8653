import { describe, expect, it } from 'vitest'
import {
  assert,
  closestName,
  DataError,
  InternalError,
  ModelwrightError,
  quote,
  ShapeError,
} from './index.js'

describe('errors', () => {
  it('carry class, code, details and cause', () => {
    const cause = new Error('below')
    const error = new DataError('no rows', { count: 0 }, cause)
    expect(error).toMatchObject({ name: 'DataError', code: 'data', details: { count: 0 }, cause })
    expect(error).toBeInstanceOf(ModelwrightError)
  })

  it('are known by their mark, also from a second copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('modelwright.error.data')]: true })
    expect(DataError.is(foreign)).toBe(true)
    expect(ShapeError.is(new DataError('x'))).toBe(false)
    expect(ModelwrightError.is(new DataError('x'))).toBe(true)
    expect(ModelwrightError.is(new Error('x'))).toBe(false)
  })

  it('assert says that we are at fault', () => {
    expect(() => assert(false, 'a ≤ b')).toThrow(InternalError)
    expect(() => assert(true, 'a ≤ b')).not.toThrow()
  })
})

describe('closestName', () => {
  it('has nothing to suggest for a name that nobody typed, nor looks far for one', () => {
    const long = 'tenure'.repeat(1_000_000)
    expect(closestName(long, ['tenure', long.slice(1)])).toBe(undefined)
    expect(closestName('tenur', [long, 'tenure'])).toBe('tenure')
    expect(
      closestName(
        'tenur',
        Array.from({ length: 1_000_000 }, (_, i) => `tenur${i}`),
      ),
    ).toBe('tenur0')
  })

  it('suggests what is near and nothing that is not', () => {
    expect(closestName('tenur', ['tenure', 'charges'])).toBe('tenure')
    expect(closestName('Churn', ['churn'])).toBe('churn')
    expect(closestName('price', ['tenure', 'charges'])).toBeUndefined()
    expect(closestName('x', [])).toBeUndefined()
  })
})

describe('quote', () => {
  it('keeps a message on one line', () => {
    expect(quote('a')).toBe("'a'")
    expect(quote('a'.repeat(100))).toHaveLength(59)
    expect(quote({ a: 1 })).toBe('{"a":1}')
    expect(quote(undefined)).toBe('undefined')
    expect(quote(new Float64Array(3))).toBe('Float64Array(3)')
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    expect(quote(circle)).toBe('[object Object]')
  })
})
