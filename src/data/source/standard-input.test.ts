import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

// Standard input belongs to a process, so this asks a process of its own, which runs the built package.
const built = join(import.meta.dirname, '../../../dist/data/index.js')
const program = `
import { readTable, streamTables, writeTable } from ${JSON.stringify(built)}
const [how] = process.argv.slice(1)
if (how === 'read') console.log(JSON.stringify((await readTable('-')).toRows()))
else await writeTable(streamTables('-'), '-')
`

function run(how: string, input: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ['--input-type=module', '-e', program, how], { input, encoding: 'utf8' })
}

describe.skipIf(!existsSync(built))('standard input and output (skipped before npm run build)', () => {
  it('is read once, as CSV or JSON lines, and leaves no file behind', () => {
    const before = readdirSync(tmpdir()).filter((name) => /^modelwright-\w{6}$/.test(name))
    expect(JSON.parse(run('read', 'a,b\n1,x\n2,\n').stdout)).toEqual([
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ])
    expect(JSON.parse(run('read', '{"a":1}\n{"a":2}\n').stdout)).toEqual([{ a: 1 }, { a: 2 }])
    expect(run('read', '').stderr).toContain('standard input is empty')
    const after = readdirSync(tmpdir()).filter((name) => /^modelwright-\w{6}$/.test(name))
    expect(after.filter((name) => !before.includes(name))).toEqual([])
  })

  it('passes through to standard output', () => {
    const csv = 'a,b\n1,x\n2,\n'
    expect(run('copy', csv).stdout).toBe(csv)
  })
})
