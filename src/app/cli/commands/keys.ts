// `modelwright keys`: who may use a server on this store.
import { wallClock } from '../../../base/index.js'
import { type ApiKey, openStore, type Store } from '../../../operate/store/index.js'
import type { CommandContext } from '../program.js'
import { parseSeconds } from '../seconds.js'
import { type Output, outputTo } from '../terminal/style.js'
import { textTable } from '../terminal/text-table.js'
import { listOption } from '../train-options.js'

export async function createKeyCommand({ options }: CommandContext): Promise<void> {
  const expires = options['expires'] as string | undefined
  const made = await withStore(options, (store) =>
    store.keys.create({
      name: String(options['name']),
      scopes: listOption(String(options['scopes'])),
      expirationTime: expires === undefined ? undefined : wallClock() + secondsOf(expires) * 1000,
    }),
  )
  if (options['json'] === true) return printJson(made)
  const output = outputTo(process.stdout)
  output.line(output.paint('bold', made.key))
  // Elsewhere than the key, so that `key=$(modelwright keys create …)` holds it and nothing else.
  const scopes = made.scopes.join(', ')
  outputTo(process.stderr).prose(
    `Made for '${made.name}', allows ${scopes}${endOf(made)}. It is not shown again. A server that was started when there was no key asks for one when it is started again.`,
  )
}

export async function listKeysCommand({ options }: CommandContext): Promise<void> {
  const keys = await withStore(options, (store) => store.keys.list())
  if (options['json'] === true) return printJson(keys)
  show(keys, outputTo(process.stdout))
}

export async function revokeKeyCommand({ args, options }: CommandContext): Promise<void> {
  const revoked = await withStore(options, (store) => store.keys.revoke(args[0]!))
  if (options['json'] === true) return printJson(revoked)
  outputTo(process.stdout).prose(
    `The key ${revoked.prefix}… of '${revoked.name}' works no more; servers that run notice within 5 seconds.`,
  )
}

async function withStore<T>(
  options: CommandContext['options'],
  work: (store: Store) => Promise<T>,
): Promise<T> {
  await using store = await openStore(options['store'] as string | undefined)
  return await work(store)
}

const printJson = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)

/** Keys live longer than the durations of other options: days, too. */
function secondsOf(given: string): number {
  const days = /^(\d+(?:\.\d+)?)\s*d$/.exec(given.trim())?.[1]
  return days === undefined ? parseSeconds(given, '--expires') : Number(days) * 86_400
}

const endOf = ({ expirationTime }: ApiKey): string =>
  expirationTime === undefined ? '' : `, until ${timeText(expirationTime)}`

const timeText = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ')

function show(keys: readonly ApiKey[], { line, paint, prose, width }: Output): void {
  if (keys.length === 0)
    return prose("There are no keys. 'modelwright keys create --name <who> --scopes <what>' makes one.")
  const rows = keys.map((key) => [
    `${key.prefix}…`,
    key.name,
    key.scopes.join(', '),
    timeText(key.creationTime),
    key.lastUsedTime === undefined ? 'never' : timeText(key.lastUsedTime),
    stateOf(key),
  ])
  const columns = [
    { title: 'key' },
    { title: 'name', names: true },
    { title: 'allows' },
    { title: 'made', mayGo: true },
    { title: 'last used', mayGo: true },
    { title: 'state' },
  ]
  const [head, ...body] = textTable(columns, rows, width)
  line(paint('dim', head!))
  for (const text of body) line(text)
}

function stateOf({ revokedTime, expirationTime }: ApiKey): string {
  if (revokedTime !== undefined) return 'revoked'
  if (expirationTime === undefined) return 'works'
  return expirationTime > wallClock() ? `works until ${timeText(expirationTime)}` : 'expired'
}
