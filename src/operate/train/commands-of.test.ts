import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { commandsOf } from './commands-of.js'
import { type TrainSettings, trainSettings } from './train-options.js'

const commands = (given: Partial<TrainSettings>): string[] =>
  commandsOf(trainSettings.parse('train', { target: 'y', ...given }), 'out')

describe('commandsOf', () => {
  it('writes what differs from the defaults, and the replay', () => {
    expect(commands({ source: 'a.csv' })).toEqual([
      'modelwright train a.csv --target y --time 60s --seed 0',
      'modelwright train --recipe out --out out-again',
    ])
    expect(
      commands({
        source: 'a.csv',
        drop: ['b', 'c'],
        keep: ['d, e'],
        timeColumn: 'day',
        seed: 3,
        time: 2.5,
        test: 0.5,
      })[0],
    ).toBe(
      `modelwright train a.csv --target y --time 2.5s --seed 3 --drop b,c --keep '"d, e"' --test 0.5 --time-column day`,
    )
  })

  it.skipIf(process.platform === 'win32')('quotes words for the shell [needs a POSIX shell]', () => {
    const words = {
      source: "it's here.csv",
      target: 'a "b" $c `d`',
      sql: 'select * from x; rm -rf y',
      group: '-g',
    }
    const [command] = commands(words)
    const seen = execFileSync('sh', ['-c', `printf '%s\\n' ${command!.replace(/^modelwright /, '')}`], {
      encoding: 'utf8',
    }).split('\n')
    for (const word of Object.values(words)) expect(seen).toContain(word)
  })
})
