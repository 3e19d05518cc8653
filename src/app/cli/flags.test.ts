import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../base/index.js'
import {
  asBytes,
  asCount,
  asList,
  asMilliseconds,
  asOneOf,
  asPort,
  asShare,
  asSwitch,
  declareFlags,
  readFlags,
} from './flags.js'
import { redactRule, trafficRule } from './serve-rules.js'
import { serveFlags, uiFlags } from './server-flags.js'

describe('readings', () => {
  test.each([
    [asBytes, '1000', 1000],
    [asBytes, '64m', 64 * 2 ** 20],
    [asBytes, '1.5GiB', 1.5 * 2 ** 30],
    [asBytes, ' 2 kb ', 2048],
    [asMilliseconds, '0', 0],
    [asMilliseconds, '5ms', 5],
    [asMilliseconds, '1.5m', 90_000],
    [asPort, '0', 0],
    [asPort, '65535', 65_535],
    [asShare, '0.25', 0.25],
    [asSwitch, 'Yes', true],
    [asSwitch, '0', false],
    [asList, 'a, "b, c",d', ['a', 'b, c', 'd']],
    [asCount, '7', 7],
    [trafficRule, '1=90,2=10', { model: undefined, weights: { 1: 90, 2: 10 } }],
    [trafficRule, 'a:b:v1 = 0.5 , v2=50%', { model: 'a:b', weights: { 1: 0.5, 2: 50 } }],
    [redactRule, 'email', { column: 'email', with: 'mask' }],
    [redactRule, 'card*=drop', { column: 'card*', with: 'drop' }],
    [redactRule, 'a=b=hash', { column: 'a=b', with: 'hash' }],
  ] as const)('%o of %j', (read: (given: string, name: string) => unknown, given, value) => {
    expect(read(given, '--x')).toEqual(value)
  })

  test.each([
    [asBytes, ''],
    [asBytes, '0'],
    [asBytes, '-1m'],
    [asBytes, '1mb2'],
    [asBytes, '1e3'],
    [asMilliseconds, 'soon'],
    [asMilliseconds, '-5s'],
    [asPort, '65536'],
    [asPort, '80.5'],
    [asPort, ''],
    [asShare, '1.01'],
    [asShare, 'NaN'],
    [asSwitch, 'maybe'],
    [asSwitch, ''],
    [asCount, '0'],
    [asOneOf(['a', 'b']), 'c'],
    [trafficRule, ''],
    [trafficRule, '1=0'],
    [trafficRule, '1=-5,2=10'],
    [trafficRule, 'latest=1'],
    [trafficRule, '1=50,'],
    [redactRule, 'email=rot13'],
    [redactRule, '=drop'],
  ] as const)('%o refuses %j and names the flag', (read: (given: string, name: string) => unknown, given) => {
    const refused = (): unknown => read(given, '--some-flag')
    expect(refused).toThrow(UsageError)
    expect(refused).toThrow(/--some-flag: .*[.]$/)
  })
})

describe('declarations', () => {
  const parse = (line: readonly string[], env: Record<string, string> = {}) => {
    const command = declareFlags(new Command().exitOverride(), serveFlags)
    return readFlags(serveFlags, command.parse(line, { from: 'user' }).opts(), env)
  }

  test('a flag goes before its variable, that before the default; an empty variable says nothing', () => {
    expect(parse([]).port).toBe(8080)
    expect(parse([], { AIP_HTTP_PORT: '7080' }).port).toBe(7080)
    expect(parse([], { MODELWRIGHT_PORT: '7000', AIP_HTTP_PORT: '7080' }).port).toBe(7000)
    expect(parse([], { MODELWRIGHT_PORT: '', AIP_HTTP_PORT: '7080' }).port).toBe(7080)
    expect(parse(['--port', '7001'], { MODELWRIGHT_PORT: '7000' }).port).toBe(7001)
    expect(parse(['--insecure-no-auth']).insecureNoAuth).toBe(true)
    expect(parse([], { MODELWRIGHT_INSECURE_NO_AUTH: '1' }).insecureNoAuth).toBe(true)
    expect(parse([], { MODELWRIGHT_INSECURE_NO_AUTH: 'false' }).insecureNoAuth).toBe(false)
  })

  test('a wrong variable is named', () => {
    expect(() => parse([], { MODELWRIGHT_PORT: 'x' })).toThrow(/^MODELWRIGHT_PORT: expected/)
  })

  test.each([
    ['serve', serveFlags],
    ['ui', uiFlags],
  ])(
    'each option of %s has its own flag and variables, and can be read where nothing is given',
    (_name, flags) => {
      const all = Object.entries(flags)
      const variables = all.flatMap(([, { variables: own }]) => own ?? [])
      expect(new Set(variables).size).toBe(variables.length)
      expect(new Set(all.map(([, { flags: written }]) => written)).size).toBe(all.length)
      // Commander's name of an option is that of the table: else it would never be read.
      const command = declareFlags(new Command(), flags)
      expect(command.options.map((option) => option.attributeName())).toEqual(all.map(([name]) => name))
      expect(() => readFlags(flags, {}, {})).not.toThrow()
    },
  )
})
