// Sources that cannot be learned from, or only with care: each gets a sentence, or the documented treatment.
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { cli, expectDone, expectRefused, scratch } from '../support/cli.js'
import { buyers, csv } from '../support/small-tables.js'

const folder = scratch()

const profile = (source: string) => cli(['profile', source, '--json'], { cwd: folder.path })
const train = (source: string, ...args: string[]) =>
  cli(['train', source, '--target', 'buys', '--out', 'out', ...args], { cwd: folder.path })

interface Profiled {
  readonly rowCount: number
  readonly columns: readonly { name: string; kind: string; missing: number; distinct: number }[]
  readonly warnings: readonly { code: string; message: string }[]
}

async function profiled(name: string, content: string | Uint8Array): Promise<Profiled> {
  return JSON.parse(expectDone(await profile(folder.file(name, content))).stdout) as Profiled
}

const numbers = (count: number): string => Array.from({ length: count }, (_, i) => `${i},${i * 2}\n`).join('')

describe('a source', () => {
  it('that is not there', async () =>
    expectRefused(await train('nothing.csv'), 3, /There is no file 'nothing\.csv'\. Check the name/))

  it('that is a pattern without files', async () =>
    expectRefused(await train('none-*.csv'), 3, /No file matches 'none-\*\.csv'/))

  it('that is a folder', async () => expectRefused(await train('.'), 3, /'\.' is a folder, expected a file/))

  it('that is empty, also on standard input', async () => {
    expectRefused(await train(folder.file('empty.csv', '')), 3, /is empty, expected a header and rows/)
    expectRefused(await cli(['train', '-', '--target', 'buys'], { stdin: '' }), 3, /standard input is empty/)
  })

  it('with a header only', async () =>
    expectRefused(await train(folder.file('header.csv', 'age,buys\n')), 3, /no rows/))

  it('with one row', async () =>
    expectRefused(
      await train(folder.file('one.csv', 'age,buys\n31,Yes\n')),
      3,
      /There is a single row, expected many/,
    ))

  it('with ragged rows', async () => {
    const source = folder.file('ragged.csv', `a,buys\n${numbers(30)}1,2,3\n${numbers(5)}`)
    expectRefused(await train(source), 3, /line 32 has 3 values, expected 2 as in the header/)
  })

  it('with repeated or empty column names', async () => {
    const repeated = folder.file('repeated.csv', `a,a\n${numbers(9)}`)
    expectRefused(await train(repeated), 3, /more than one column is named 'a'/)
    const empty = folder.file('unnamed.csv', `a,\n${numbers(9)}`)
    expectRefused(await train(empty), 3, /column 2 of 2 has no name/)
  })

  it('in another encoding', async () => {
    const latin = Buffer.from('city,buys\nK\u00F8benhavn,1\nOslo,2\n', 'latin1')
    expectRefused(await train(folder.file('latin.csv', latin)), 3, /not UTF-8.*iconv -f latin1 -t utf-8/)
    const utf16 = Buffer.from(`\uFEFFcity,size\nK\u00F8benhavn,1\nOslo,2\n`, 'utf16le')
    const found = await profiled('utf16.csv', utf16)
    expect(found.columns.map(({ name }) => name)).toEqual(['city', 'size'])
  })

  it('with a byte order mark, compressed, or with tabs and semicolons', async () => {
    for (const [name, content] of [
      ['mark.csv', `\uFEFFa,b\n${numbers(9)}`],
      ['plain.csv.gz', gzipSync(`a,b\n${numbers(9)}`)],
      ['tabs.tsv', `a,b\n${numbers(9)}`.replaceAll(',', '\t')],
      ['semicolons.csv', `a,b\n${numbers(9)}`.replaceAll(',', ';')],
      ['lines.jsonl', Array.from({ length: 9 }, (_, i) => `{"a":${i},"b":${2 * i}}\n`).join('')],
    ] as const) {
      const found = await profiled(name, content)
      expect(found.columns.map((column) => column.name)).toEqual(['a', 'b'])
      expect(found.rowCount).toBe(9)
    }
  })

  it('with ten megabytes in one field', async () => {
    const found = await profiled(
      'long.csv',
      csv(
        ['text', 'n'],
        [
          ['x'.repeat(1e7), 1],
          ['y', 2],
        ],
      ),
    )
    expect(found).toMatchObject({ rowCount: 2, columns: [{ name: 'text', distinct: 2 }, { name: 'n' }] })
  })

  it('with columns of nothing but missing values, and with infinities', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => [i, '', i === 7 ? 'inf' : i * 1.5])
    const found = await profiled('odd.csv', csv(['a', 'empty', 'b'], lines))
    expect(found.columns.find(({ name }) => name === 'empty')).toMatchObject({ missing: 40 })
    expect(found.columns.find(({ name }) => name === 'b')!.missing).toBe(1)
  })

  it('that is compressed and cut off, or no Parquet', async () => {
    const whole = gzipSync(buyers(4000))
    expectRefused(await train(folder.file('cut.csv.gz', whole.subarray(0, 900))), 3, /damaged or cut off/)
    expectRefused(await train(folder.file('cut.parquet', 'PAR1 nothing')), 3, /not a whole Parquet file/)
  })

  it('that is a query with a mistake', async () => {
    const result = await cli(['train', '--sql', 'selec 1', '--target', 'x'], { cwd: folder.path })
    expectRefused(result, 2, /the query is not valid/)
  })

  it('over the network', async () =>
    expectRefused(
      await train('https://example.org/a.csv'),
      2,
      /nothing is fetched from the network by itself/,
    ))
})
