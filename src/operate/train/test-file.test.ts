import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fromRows, readTable } from '../../data/index.js'
import { classTarget } from '../../learn/contracts/index.js'
import { sharedRows, testFromFile } from './test-file.js'
import { trainSettings } from './train-options.js'
import type { TrainWarning } from './train-result.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-test-file-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const training = {
  x: fromRows([
    { age: 31, city: 'Oslo' },
    { age: 42, city: 'Bern' },
  ]),
  target: classTarget(['no', 'yes']),
}

async function test(content: string) {
  const warnings: TrainWarning[] = []
  const settings = trainSettings.parse('train', { target: 'y', testFile: file('test.csv', content) })
  return { ...(await testFromFile(training, settings, { work: {}, warnings })), warnings }
}

describe('testFromFile', () => {
  it('reads by name, in the types of training, and codes the target by the classes of training', async () => {
    const { data, rows, warnings } = await test('y,city,extra,age\nyes,Riga,1,"50"\nno,Oslo,2,31\n')
    expect(rows().names).toEqual(['y', 'city', 'extra', 'age'])
    expect(data.x.toRows()).toEqual([
      { age: 50, city: 'Riga' },
      { age: 31, city: 'Oslo' },
    ])
    expect(data.target).toMatchObject({ type: 'classes', classes: ['no', 'yes'], codes: Int32Array.of(1, 0) })
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/'extra'/)])
  })

  it('leaves out rows whose class was not learned, and says so', async () => {
    const { data, warnings } = await test('age,city,y\n1,Oslo,yes\n2,Bern,perhaps\n3,Bern,\n')
    expect(data.x.rowCount).toBe(1)
    expect(warnings[0]).toMatchObject({ code: 'test-rows-left-out', column: 'y' })
    expect(warnings[0]!.message).toMatch(/^2 rows/)
  })

  it('refuses a file without a known target', async () => {
    await expect(test('age,city,y\n1,Oslo,perhaps\n2,Oslo,perhaps\n')).rejects.toThrow(
      /no row with a known value/,
    )
    await expect(test('age,city\n1,Oslo\n')).rejects.toThrow(/There is no column 'y'/)
    await expect(test('age,y\n1,yes\n')).rejects.toThrow(/'city'/)
  })
})

describe('sharedRows', () => {
  it('counts test rows with the features of a training row', async () => {
    const other = await readTable(file('shared.csv', 'age,city\n31,Oslo\n31,Bern\n31,Oslo\n'))
    const [finding] = sharedRows(training, { x: other, target: classTarget(['no', 'no', 'yes']) })
    expect(finding).toMatchObject({ code: 'shared-rows', drop: false, evidence: { rows: 2 } })
    expect(finding!.message).toMatch(/2 rows of the test part \(66\.7 %\)/)
    expect(sharedRows(training, { x: other.slice(1, 2), target: training.target })).toEqual([])
  })
})
