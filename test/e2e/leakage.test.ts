// The leakage guard and the splits, from a file to the columns of the model.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cli, enoughTime, expectDone, root, scratch } from '../support/cli.js'
import { csv, scatter } from '../support/small-tables.js'

const folder = scratch()
const shared = process.env['MODELWRIGHT_SHARED_DATA'] ?? join(root, '..', 'shared', 'data')
const titanic = join(shared, 'tabular', 'titanic.csv.gz')
const bikes = join(shared, 'tabular', 'bike_sharing_hour.csv.gz')

interface Learned {
  readonly columns: readonly string[]
  readonly warnings: readonly { code: string; column: string | null; message: string }[]
}

async function learn(source: string, target: string, ...args: string[]): Promise<Learned> {
  const out = join(folder.path, 'out')
  const command = ['train', source, '--target', target, '--out', out, '--time', enoughTime, '--json', ...args]
  const { warnings } = JSON.parse(expectDone(await cli(command)).stdout) as Learned
  const { signature } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as {
    signature: { inputs: { name: string }[] }
  }
  return { columns: signature.inputs.map(({ name }) => name), warnings }
}

const codesOf = ({ warnings }: Learned, column: string): string[] =>
  warnings.filter((warning) => warning.column === column).map(({ code }) => code)

/** Passengers: `alive` is the target in words, `boat` almost gives it away, `age` is honest. */
const passengers = csv(
  ['age', 'boat', 'alive', 'survived'],
  Array.from({ length: 240 }, (_, i) => {
    const survived = scatter(i, 60) > 30 !== (scatter(i + 3, 8) === 0)
    return [
      scatter(i, 60),
      survived ? `b${scatter(i, 4)}` : 'none',
      survived ? 'yes' : 'no',
      Number(survived),
    ]
  }),
)

/** Rides: `casual` and `registered` sum to the target. */
const rides = csv(
  ['hour', 'casual', 'registered', 'total'],
  Array.from({ length: 240 }, (_, i) => {
    const casual = scatter(i, 40) + (i % 24)
    const registered = 3 * (i % 24) + scatter(i + 1, 30)
    return [i % 24, casual, registered, casual + registered]
  }),
)

describe('the leakage guard', () => {
  it('leaves out the target in other words, and warns of what almost gives it away', async () => {
    const found = await learn(folder.file('passengers.csv', passengers), 'survived')
    expect(found.columns).not.toContain('alive')
    expect(found.columns).toContain('age')
    const warning = found.warnings.find(({ column }) => column === 'alive')!
    expect(warning.message).toMatch(/Left out; to use it all the same, name it in keep \(--keep\)\./)
    expect(codesOf(found, 'boat')).toEqual(['target-determined'])
  })

  it('keeps it when told to, and still warns', async () => {
    const found = await learn(folder.file('kept.csv', passengers), 'survived', '--keep', 'alive')
    expect(found.columns).toContain('alive')
    expect(found.warnings.find(({ column }) => column === 'alive')!.message).not.toMatch(/Left out/)
  })

  it('leaves out columns that sum to the target', async () => {
    const found = await learn(folder.file('rides.csv', rides), 'total')
    expect(found.columns).toEqual(['hour'])
    const warning = found.warnings.find(({ code }) => code === 'target-sum')!
    expect(warning.message).toMatch(/The target is casual \+ registered in all 192 rows/)
  })

  it.skipIf(!existsSync(titanic))('leaves out titanic’s alive [needs the shared data]', async () => {
    const found = await learn(titanic, 'survived')
    expect(found.columns).not.toContain('alive')
  })

  it.skipIf(!existsSync(bikes))('leaves out casual and registered [needs the shared data]', async () => {
    const found = await learn(bikes, 'cnt')
    expect(found.columns).not.toContain('casual')
    expect(found.columns).not.toContain('registered')
  })
})
