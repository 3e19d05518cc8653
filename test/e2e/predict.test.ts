// `modelwright predict`: one row per input row, in order, whatever comes in and wherever it goes.
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { readTable } from '../../src/data/index.js'
import { cells, cli, enoughTime, expectDone, expectPlain, expectRefused, scratch } from '../support/cli.js'
import { buyers, csv, person, personHeader, spenders } from '../support/small-tables.js'

const folder = scratch()
const here = { cwd: folder.path }
const rows = Array.from({ length: 50 }, (_, i) => person(i + 500))
const text = csv(personHeader, rows)
const source = folder.file('new.csv', text)

beforeAll(async () => {
  for (const [name, target, content] of [
    ['classes', 'buys', buyers()],
    ['numbers', 'spent', spenders()],
  ] as const) {
    const args = ['train', folder.file(`${name}.csv`, content), '--target', target, '--out', name]
    expectDone(await cli([...args, '--time', enoughTime], here))
  }
}, 120_000)

const predict = (...args: string[]) => cli(['predict', ...args], here)

/** Predictions of the plain table: what all other ways must equal. */
async function expected(bundle = 'classes'): Promise<string> {
  return expectDone(await predict(bundle, source)).stdout
}

describe('predict', () => {
  it('gives a label and the probability of every class, one row per row, in order', async () => {
    const { stdout, stderr } = expectDone(await predict('classes', source))
    expectPlain(stdout + stderr)
    expect(stderr).toBe('')
    const [header, ...lines] = cells(stdout)
    expect(header).toEqual(['prediction', 'probability_No', 'probability_Yes'])
    expect(lines).toHaveLength(50)
    for (const [label, no, yes] of lines) {
      expect(['Yes', 'No']).toContain(label)
      expect(Number(no) + Number(yes)).toBeCloseTo(1, 9)
    }
    const reversed = folder.file('reversed.csv', csv(personHeader, rows.toReversed()))
    const backwards = cells(expectDone(await predict('classes', reversed)).stdout).slice(1)
    expect(backwards.toReversed()).toEqual(lines)
  })

  it('writes the header alone where a query finds nothing', async () => {
    const query = `select * from '${source}' where age > 1000`
    const { stdout } = expectDone(await predict('classes', '--sql', query))
    expect(stdout).toBe('prediction,probability_No,probability_Yes\n')
  })

  it('reads Parquet, JSON lines, gzip, a query and standard input alike', async () => {
    const table = await expected()
    const query = `select * from '${source}'`
    expectDone(await predict('classes', source, '--keep-columns', '-o', 'kept.parquet'))
    const lines = rows.map((row) =>
      JSON.stringify(Object.fromEntries(row.map((cell, j) => [personHeader[j], cell]))),
    )
    folder.file('new.jsonl', `${lines.join('\n')}\n`)
    folder.file('new.csv.gz', gzipSync(text))
    for (const from of [['new.jsonl'], ['new.csv.gz'], ['kept.parquet'], ['--sql', query]])
      expect([from, expectDone(await predict('classes', ...from)).stdout]).toEqual([from, table])
    const piped = expectDone(await cli(['predict', 'classes', '-'], { ...here, stdin: text }))
    expect(piped.stdout).toBe(table)
  })

  it('writes CSV, JSON lines and Parquet files with the same predictions', async () => {
    const table = await expected()
    for (const out of ['out.csv', 'out.jsonl', 'out.parquet', 'deep/er/out.csv']) {
      const { stdout } = expectDone(await predict('classes', source, '-o', out, '--json'))
      expect(JSON.parse(stdout)).toMatchObject({ rows: 50, out })
    }
    expect(readFileSync(join(folder.path, 'out.csv'), 'utf8')).toBe(table)
    expect(readFileSync(join(folder.path, 'deep/er/out.csv'), 'utf8')).toBe(table)
    const first = JSON.parse(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').split('\n')[0]!) as object
    expect(Object.keys(first)).toEqual(['prediction', 'probability_No', 'probability_Yes'])
    const parquet = await readTable(join(folder.path, 'out.parquet'))
    const whole = await readTable(join(folder.path, 'out.csv'))
    expect(parquet.toRows()).toEqual(whole.toRows())
    expect(readdirSync(folder.path).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('carries the input columns along as they were written', async () => {
    const { stdout } = expectDone(await predict('classes', source, '--keep-columns'))
    const [header, ...lines] = cells(stdout)
    expect(header).toEqual([...personHeader, 'prediction', 'probability_No', 'probability_Yes'])
    expect(lines.map((line) => line.slice(0, 4))).toEqual(rows.map((row) => row.map(String)))
  })

  it('gives intervals for numbers on request, wider for more certainty', async () => {
    const widths: number[] = []
    for (const level of [[], ['0.5'], ['0.99']]) {
      const { stdout, stderr, code } = await predict('numbers', source, '--interval', ...level)
      if (level[0] === '0.99' && code === 2) {
        // Few rows cannot vouch for rare misses: then it says so.
        expect(stderr).toMatch(/no prediction interval for level 0\.99/)
        continue
      }
      const [header, first] = cells(stdout)
      expect(header).toEqual(['prediction', 'prediction_low', 'prediction_high'])
      expect(Number(first![1])).toBeLessThan(Number(first![0]))
      widths.push(Number(first![2]) - Number(first![1]))
    }
    expect(widths[1]).toBeLessThan(widths[0]!)
    expectRefused(await predict('numbers', source, '--interval', 'wide'), 2, /--interval: expected a number/)
    expectRefused(await predict('classes', source, '--interval'), 2, /interval: the model predicts classes/)
  })

  it('takes what stands after --interval for the source when it is no number', async () => {
    const plain = expectDone(await predict('numbers', source, '--interval')).stdout
    expect(expectDone(await predict('numbers', '--interval', source)).stdout).toBe(plain)
    expectRefused(await predict('numbers', source, '--interval', 'x'), 2, /--interval: expected a number/)
    expectRefused(
      await predict('numbers', source, '--interval', '0'),
      2,
      /level 0; expected one above 0, up to 0\.9/,
    )
  })

  it('does not lose an input column that is called as one of the answer', async () => {
    const twice = folder.file(
      'twice.csv',
      csv(
        ['prediction', ...personHeader],
        rows.map((row) => ['old', ...row]),
      ),
    )
    const refusal = /keep: 'prediction' would be carried along, and is a name of the answer too/
    expectRefused(await predict('classes', twice, '--keep-columns'), 2, refusal)
    const query = 'select * rename (prediction as old) from source'
    const { stdout } = expectDone(await predict('classes', twice, '--keep-columns', '--sql', query))
    expect(cells(stdout)[0]).toEqual([
      ...personHeader,
      'old',
      'prediction',
      'probability_No',
      'probability_Yes',
    ])
  })

  it('answers alike on either engine', async () => {
    const native = await predict('classes', source, '--engine', 'native')
    const wasm = expectDone(await predict('classes', source, '--engine', 'wasm'))
    // Where the native engine is not installed there is nothing to compare with.
    if (native.code !== 0) return expectRefused(native, 3, /native/)
    const numbers = (csvText: string): number[] =>
      cells(csvText)
        .slice(1)
        .map((line) => Number(line[2]))
    numbers(wasm.stdout).forEach((value, row) => expect(value).toBeCloseTo(numbers(native.stdout)[row]!, 6))
  })

  it('does not write over what it reads, by whichever name', async () => {
    const own = folder.file('own.csv', text)
    symlinkSync('own.csv', join(folder.path, 'alias.csv'))
    for (const [from, out] of [
      ['own.csv', own],
      ['own.csv', './alias.csv'],
      ['ow*.csv', 'own.csv'],
    ] as const)
      expectRefused(
        await predict('classes', from, '-o', out),
        2,
        /--out '.*' would replace '.*own\.csv', which is/,
      )
    expectRefused(
      await predict('classes', '--sql', "select * from 'own.csv'", '-o', 'own.csv'),
      2,
      /would replace 'own\.csv'/,
    )
    expect(readFileSync(own, 'utf8')).toBe(text)
  })

  it('stops quietly when its reader has seen enough', async () => {
    const many = folder.file(
      'many.csv',
      csv(
        personHeader,
        Array.from({ length: 20_000 }, (_, i) => person(i)),
      ),
    )
    const { code, stderr } = await cli(['predict', 'classes', many], {
      ...here,
      during: (child) => child.stdout!.once('data', () => child.stdout!.destroy()),
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('leaves nothing half-written when it is interrupted', async () => {
    mkdirSync(join(folder.path, 'stopped'))
    const many = folder.file(
      'more.csv',
      csv(
        personHeader,
        Array.from({ length: 300_000 }, (_, i) => person(i)),
      ),
    )
    const { code, stderr } = await cli(['predict', 'classes', many, '-o', 'stopped/out.csv'], {
      ...here,
      during(child) {
        const timer = setInterval(() => {
          if (readdirSync(join(folder.path, 'stopped')).length === 0) return
          clearInterval(timer)
          child.kill('SIGINT')
        }, 20)
      },
    })
    expect(code).toBe(130)
    expect(stderr).toBe('modelwright: interrupted; nothing half done was kept.\n')
    expect(readdirSync(join(folder.path, 'stopped'))).toEqual([])
  })
})
