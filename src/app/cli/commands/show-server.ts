// What a server says when it has started: what is served, where, and how to call it.
import type { ComposedServer } from '../../http/index.js'
import type { Output } from '../terminal/style.js'
import { textTable } from '../terminal/text-table.js'

type Model = ReturnType<ComposedServer['models']>[number]

export function showServer(
  server: ComposedServer,
  { version, insecure }: { readonly version: string; readonly insecure: boolean },
  output: Output,
): void {
  const { line, paint, prose } = output
  line(`modelwright ${version} at ${paint('bold', server.url)}`)
  const models = server.models()
  if (models.length > 0) {
    line()
    for (const text of modelTable(models, output)) line(text)
  }
  for (const { model, version: of, reason } of models.filter(({ state }) => state === 'failed'))
    prose(`${paint('yellow', '!')} ${model} ${of}: ${reason ?? 'cannot be loaded'}`, '  ')
  const callable = models.find(({ state }) => state === 'ready')
  if (callable !== undefined) {
    line()
    line(paint('dim', 'call it:'))
    line(callOf(server, callable))
  }
  if (server.store !== undefined) line(`${paint('dim', 'store')}  ${server.store}`)
  if (server.asksForKeys) return
  line()
  prose(
    insecure
      ? `${paint('yellow', '!')} Whoever reaches this server may use it: it asks for no keys.`
      : `${paint('yellow', '!')} Programs of this machine may use it without a key; 'modelwright keys create' makes one, and servers that are started then ask for it.`,
    '  ',
  )
}

function modelTable(models: readonly Model[], { width, paint }: Output): string[] {
  const rows = models.map((model) => [
    model.model,
    model.version,
    model.state,
    model.task ?? 'graph',
    model.aliases.join(', '),
  ])
  const columns = [
    { title: 'model', names: true },
    { title: 'version' },
    { title: 'state' },
    { title: 'task' },
    { title: 'aliases' },
  ]
  const [head, ...body] = textTable(columns, rows, width)
  return [paint('dim', head!), ...body]
}

/** Beyond these, a line to copy is no longer one. */
const mostColumns = 12

/** A request that works as it stands, but for the key. */
function callOf(server: ComposedServer, { model, columns }: Model): string {
  const key = server.asksForKeys ? ` -H 'Authorization: Bearer <key>'` : ''
  const place = `${server.url}/api/v1/serving/models/${encodeURIComponent(model)}`
  if (columns === undefined || columns.length > mostColumns) return `curl${key} ${shellText(place)}`
  const row = Object.fromEntries(columns.map((field) => [field.name, exampleOf(field)]))
  return `curl${key} -H 'Content-Type: application/json' ${shellText(`${place}/predict`)} -d ${shellText(JSON.stringify(row))}`
}

function exampleOf({ type, labels }: NonNullable<Model['columns']>[number]): unknown {
  if (type === 'number') return 1
  if (type === 'timestamp') return '2026-01-31'
  if (type === 'boolean') return labels?.[1] ?? true
  return 'text'
}

/** In quotes for a shell. */
const shellText = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
