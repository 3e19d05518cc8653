// What NumPy reads of our files. The other way is in the golden values of src/engine/graph/files.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { array, type NDArray, writeNpy, writeNpz, zeros } from '../../src/engine/graph/index.js'
import { archiveBytes } from '../../src/engine/graph/files/npz.js'

const python = process.env['MODELWRIGHT_PYTHON'] ?? '/usr/bin/python3'
const script = fileURLToPath(new URL('./numpy_files.py', import.meta.url))

function whyNot(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import numpy'], { stdio: 'ignore' })
    return undefined
  } catch {
    return `${python} with the package numpy is not installed (MODELWRIGHT_PYTHON names another one)`
  }
}

const given: Record<string, NDArray> = {
  floats: array([
    [0.5, -2, 3],
    [4, 5, 6],
  ]),
  doubles: array(Float64Array.of(1 / 3, 2)),
  integers: array([[[7]], [[-8]]], { dtype: 'int32' }),
  naturals: array(Uint32Array.of(2 ** 32 - 1)),
  truths: array([true, false]),
  'größe/scalar': array(2.5),
  empty: zeros([2, 0, 3]),
}
const types = { float32: '<f4', float64: '<f8', int32: '<i4', uint32: '<u4', bool: '|b1' }
const expected = Object.fromEntries(
  Object.entries(given).map(([name, { dtype, shape, data }]) => {
    const values = Array.from(data, (value): number | boolean => (dtype === 'bool' ? value === 1 : value))
    return [name, { dtype: types[dtype], shape, values }]
  }),
)

const reason = whyNot()
const folder = mkdtempSync(join(tmpdir(), 'modelwright-numpy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(reason !== undefined)(`files for NumPy [${reason ?? 'NumPy is there'}]`, () => {
  it('are read by it, one array and several, stored, deflated and with zip64', async () => {
    const path = (name: string): string => join(folder, name)
    const single = Object.keys(given).map((name, i) => [path(`${i}.npy`), given[name]!] as const)
    for (const [file, one] of single) await writeNpy(file, one)
    await writeNpz(path('stored.npz'), given)
    await writeNpz(path('deflated.npz'), given, { compress: true })
    writeFileSync(path('zip64.npz'), await archiveBytes(given, { zip64From: 10 }))
    const archives = ['stored.npz', 'deflated.npz', 'zip64.npz'].map(path)
    const files = [...single.map(([file]) => file), ...archives]
    const output = execFileSync(python, [script, ...files], { encoding: 'utf8' })
    expect(JSON.parse(output)).toEqual([
      ...Object.values(expected).map((one) => ({ '': one })),
      ...archives.map(() => expected),
    ])
  })
})
