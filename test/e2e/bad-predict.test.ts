// Rows that differ from those of training, and bundles that are not whole.
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { cells, cli, enoughTime, expectDone, expectRefused, scratch } from '../support/cli.js'
import { buyers, type Cells, csv, person, personHeader } from '../support/small-tables.js'

const folder = scratch()
const here = { cwd: folder.path }
const rows = Array.from({ length: 12 }, (_, i) => person(i + 900))
const predict = (bundle: string, name: string) => cli(['predict', bundle, name], here)
let plain = ''

beforeAll(async () => {
  const source = folder.file('buyers.csv', buyers())
  expectDone(await cli(['train', source, '--target', 'buys', '--out', 'bundle', '--time', enoughTime], here))
  plain = expectDone(await predict('bundle', folder.file('plain.csv', csv(personHeader, rows)))).stdout
}, 120_000)

/** A copy of the bundle, to be spoiled. */
function copy(name: string): string {
  cpSync(join(folder.path, 'bundle'), join(folder.path, name), { recursive: true })
  return join(folder.path, name)
}

const changed = (change: (row: Cells) => Cells): string => csv(personHeader, rows.map(change))

describe('rows', () => {
  it('in another order of columns, and with more of them', async () => {
    const header = ['extra', ...personHeader.toReversed()]
    const source = folder.file(
      'order.csv',
      csv(
        header,
        rows.map((row) => ['x', ...row.toReversed()]),
      ),
    )
    const { stdout, stderr } = expectDone(await predict('bundle', source))
    expect(stdout).toBe(plain)
    expect(stderr).toBe("! 1 column is not known to the model and left out: 'extra'.\n")
  })

  it('with the target in it, without a word', async () => {
    const source = folder.file(
      'target.csv',
      csv(
        [...personHeader, 'buys'],
        rows.map((row) => [...row, 'Yes']),
      ),
    )
    const { stdout, stderr } = expectDone(await predict('bundle', source))
    expect({ stdout, stderr }).toEqual({ stdout: plain, stderr: '' })
  })

  it('with a column missing: says which, and what may be meant', async () => {
    const source = folder.file('lacks.csv', csv(['age', 'town', 'member', 'joined'], rows))
    expectRefused(await predict('bundle', source), 3, /lacks 1 of 4 columns: 'city'.*besides: 'town'/)
  })

  it('retyped in ways that mean the same: quoted numbers, 0 and 1, other dates, decimals', async () => {
    const retyped = {
      quoted: `${personHeader.join(',')}\n${rows.map((row) => row.map((cell) => `"${cell}"`).join(',')).join('\n')}\n`,
      decimals: changed(([age, ...rest]) => [`${age}.0`, ...rest]),
      binary: changed(([age, city, member, joined]) => [age!, city!, member === 'yes' ? 1 : 0, joined!]),
      truth: changed(([age, city, member, joined]) => [
        age!,
        city!,
        member === 'yes' ? 'TRUE' : 'FALSE',
        joined!,
      ]),
      spaces: changed(([age, city, member, joined]) => [` ${age} `, `${city} `, ` ${member}`, ` ${joined}`]),
      midnight: changed(([age, city, member, joined]) => [age!, city!, member!, `${joined}T00:00:00Z`]),
    }
    for (const [name, content] of Object.entries(retyped)) {
      const { stdout, stderr } = expectDone(await predict('bundle', folder.file(`${name}.csv`, content)))
      expect([name, stdout, stderr]).toEqual([name, plain, ''])
    }
  })

  it('with words where numbers were: some count as missing and are told, all are refused', async () => {
    const some = changed(([age, ...rest]) => [age === rows[3]![0] ? 'old' : age!, ...rest])
    const { stdout, stderr } = expectDone(await predict('bundle', folder.file('some.csv', some)))
    expect(cells(stdout)).toHaveLength(13)
    expect(stderr).toMatch(/^! Column 'age': \d+ of 12 values do not read as numbers, for instance 'old'/)
    const all = changed(([, ...rest]) => ['old', ...rest])
    expectRefused(
      await predict('bundle', folder.file('all.csv', all)),
      3,
      /'age' holds nothing that reads as numbers/,
    )
  })

  it('of JSON without a key: it is missing, unless another name may be meant or none is there', async () => {
    const [age, city, member, joined] = rows[0]!
    const line = (row: object): string => folder.file('row.jsonl', `${JSON.stringify(row)}\n`)
    const gap = folder.file('gap.csv', csv(personHeader, [['', city!, member!, joined!]]))
    const { stdout: missing } = expectDone(await predict('bundle', gap))
    const { stdout, stderr } = expectDone(await predict('bundle', line({ city, member, joined })))
    expect([stdout, stderr]).toEqual([missing, "! No row has 'age'; read as missing.\n"])
    expectRefused(await predict('bundle', line({ aged: age, city, member, joined })), 3, /'aged' for 'age'/)
    expectRefused(await predict('bundle', line({ color: 'red' })), 3, /lacks 4 of 4 columns/)
  })

  it('with missing cells and levels never seen', async () => {
    const source = changed((row) => ['', 'Atlantis', '', row[3]!])
    const lines = cells(expectDone(await predict('bundle', folder.file('gaps.csv', source))).stdout)
    expect(lines).toHaveLength(13)
    expect(lines.flat().join(' ')).not.toMatch(/NaN/)
  })

  it('of which there are none', async () => {
    const { stdout } = await predict('bundle', folder.file('none.csv', `${personHeader.join(',')}\n`))
    expect(stdout === '' || stdout === 'prediction,probability_No,probability_Yes\n').toBe(true)
  })

  it('that evaluate cannot judge', async () => {
    const evaluate = (name: string) => cli(['evaluate', 'bundle', name], here)
    expectRefused(await evaluate('plain.csv'), 2, /There is no column 'buys'/)
    const strange = csv(
      [...personHeader, 'buys'],
      rows.map((row) => [...row, 'Perhaps']),
    )
    expectRefused(
      await evaluate(folder.file('strange.csv', strange)),
      3,
      /No row has a value of 'buys' that the model knows/,
    )
  })
})

describe('a bundle', () => {
  it('that is not there, or no bundle', async () => {
    expectRefused(await predict('nowhere', 'plain.csv'), 3, /There is no bundle at 'nowhere'/)
    expectRefused(await predict('plain.csv', 'plain.csv'), 3, /is a file, expected the folder of a bundle/)
    expectRefused(await predict('.', 'plain.csv'), 3, /has no 'manifest\.json'/)
  })

  it('whose graph was cut off, changed or lost', async () => {
    const graph = join(copy('spoiled'), 'model.onnx')
    const bytes = readFileSync(graph)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(graph, bytes)
    expectRefused(await predict('spoiled', 'plain.csv'), 3, /cut off or was changed/)
    truncateSync(graph, 1000)
    expectRefused(await predict('spoiled', 'plain.csv'), 3, /\(1000 bytes\).*cut off or was changed/)
    rmSync(graph)
    expectRefused(await predict('spoiled', 'plain.csv'), 3, /has no .*model\.onnx/)
  })

  it('whose manifest was cut off or changed, or is of the future', async () => {
    const file = join(copy('altered'), 'manifest.json')
    const text = readFileSync(file, 'utf8')
    const spoil = async (content: string, sentence: RegExp): Promise<void> => {
      writeFileSync(file, content)
      for (const command of [
        ['predict', 'altered', 'plain.csv'],
        ['inspect', 'altered'],
      ])
        expectRefused(await cli(command, here), 3, sentence)
    }
    await spoil(text.slice(0, 200), /cut off or not JSON/)
    await spoil(text.replace('"threshold": ', '"threshold": 0'), /cut off or not JSON|changed after/)
    await spoil(text.replace('"seed": 0', '"seed": 1'), /was changed after it was written/)
    await spoil(text.replace('"version": 1', '"version": 2'), /has version 2, expected 1/)
    await spoil('[]', /no bundle manifest|not a JSON object/)
    await spoil('{"format": "other"}', /is no bundle manifest/)
  })
})
