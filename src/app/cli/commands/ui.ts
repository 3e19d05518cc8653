// `modelwright ui`: runs, models and the page on a store, for MLflow's clients and for people.
import type { CommandContext } from '../program.js'
import { readFlags } from '../flags.js'
import { modelOptions, runServer, serverOptions } from '../run-server.js'
import { uiFlags } from '../server-flags.js'
import { outputTo } from '../terminal/style.js'
import { showServer } from './show-server.js'

export async function uiCommand({ options, version }: CommandContext): Promise<void> {
  const flags = readFlags(uiFlags, options, process.env)
  const sources = (options['serve'] ?? []) as readonly string[]
  const settings = {
    ...serverOptions(flags, version),
    track: true,
    ...(sources.length > 0 && { models: { sources, ...modelOptions(flags) } }),
    traffic: flags.traffic,
  }
  await runServer(settings, flags, (server) => {
    const output = outputTo(process.stdout)
    showServer(server, { version, insecure: flags.insecureNoAuth }, output)
    output.line()
    output.line(`the page        ${server.url}`)
    output.line(`MLflow clients  export MLFLOW_TRACKING_URI=${server.url}`)
    if (server.asksForKeys) output.line(`                export MLFLOW_TRACKING_TOKEN=<key>`)
  })
}
