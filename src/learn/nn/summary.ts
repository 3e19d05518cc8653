// What a network is made of, as data and as a table for the terminal.
import { type Shape, sizeOf } from '../../engine/graph/index.js'
import type { LayerRecord, Network } from './network.js'
import type { Declared } from './scope.js'

/** A layer in a summary. */
export interface SummaryLayer {
  /** Names of the layers that hold it, outermost first, and its own, joined by dots; '' for the network itself. */
  readonly path: string
  /** What it is, such as 'dense'; '' for a function without a name. */
  readonly kind: string
  /** In how many of the layers above it stands. */
  readonly depth: number
  /** Undefined where only its parameters are known. */
  readonly outputShape: Shape | undefined
  /** Numbers that it learns itself, those of the layers in it not included. */
  readonly trainable: number
  /** Numbers that it keeps but does not learn, such as running means. */
  readonly notTrainable: number
}

/** A network in numbers; plain data. */
export interface NetworkSummary {
  readonly inputShape: Shape
  readonly outputShape: Shape
  /** In the order of calls, each before the layers that it calls. */
  readonly layers: readonly SummaryLayer[]
  readonly trainable: number
  readonly notTrainable: number
  /** Of both. */
  readonly parameterCount: number
  /** Of both as float32, in MiB (2²⁰ bytes). */
  readonly mebibytes: number
  /** All of this as a table of lines, for the terminal. */
  readonly text: string
}

/**
 * What a network is made of: its layers with the shapes of their outputs and how many numbers each learns or keeps.
 *
 * @example
 * ```ts
 * const net = network(sequential(dense(16), relu, dense(3)), spec('float32', ['batch', 4]))
 * const { layers, parameterCount, text } = summary(net)
 * layers.map(({ path, kind, trainable }) => `${path} ${kind} ${trainable}`)
 * // => [' sequential 0', '0 dense 80', '1 relu 0', '2 dense 51']
 * parameterCount // => 131
 * text.split('\n')[3] // => '  0 dense   [batch, 16]          80'
 * ```
 */
export function summary(net: Network): NetworkSummary {
  const trainable = countsByLayer(net.parameters, net.layers)
  const notTrainable = countsByLayer(net.states, net.layers)
  const paths = net.layers.map(({ path }) => path)
  const layers = net.layers.map(({ path, kind, output }) => ({
    path,
    kind,
    depth: paths.filter((other) => isBelow(path, other)).length,
    outputShape: output?.shape,
    trainable: trainable.get(path) ?? 0,
    notTrainable: notTrainable.get(path) ?? 0,
  }))
  const total = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((a, b) => a + b, 0)
  const [learned, kept] = [total(trainable), total(notTrainable)]
  const data = {
    inputShape: net.input.shape,
    outputShape: net.output.shape,
    layers,
    trainable: learned,
    notTrainable: kept,
    parameterCount: learned + kept,
    mebibytes: ((learned + kept) * Float32Array.BYTES_PER_ELEMENT) / 2 ** 20,
  }
  return { ...data, text: tableOf(data) }
}

const isBelow = (path: string, above: string): boolean =>
  path !== above && (above === '' || path.startsWith(`${above}.`))

/** Numbers of the layers that declare them. */
function countsByLayer(
  declared: readonly Declared[],
  layers: readonly LayerRecord[],
): ReadonlyMap<string, number> {
  const known = new Set(layers.map(({ path }) => path))
  const counts = new Map<string, number>()
  for (const { path, shape } of declared) {
    const owner = path.slice(0, Math.max(0, path.lastIndexOf('.')))
    const layer = known.has(owner) ? owner : ''
    counts.set(layer, (counts.get(layer) ?? 0) + sizeOf(shape))
  }
  return counts
}

function tableOf(data: Omit<NetworkSummary, 'text'>): string {
  const { layers, trainable, notTrainable, mebibytes } = data
  // A column of zeros would only take place.
  const keeps = notTrainable > 0
  const head = ['Layer', 'Output', 'Parameters', ...(keeps ? ['Not trainable'] : [])]
  const rows = layers.map((layer) => [
    `${'  '.repeat(layer.depth)}${nameOf(layer)}`,
    shapeText(layer.outputShape),
    counted(layer.trainable, layer, layers),
    ...(keeps ? [counted(layer.notTrainable, layer, layers)] : []),
  ])
  const widths = head.map((title, j) => Math.max(title.length, ...rows.map((row) => row[j]!.length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, j) => (j < 2 ? cell.padEnd(widths[j]!) : cell.padStart(widths[j]!)))
      .join('  ')
      .trimEnd()
  const rule = '─'.repeat(widths.reduce((a, b) => a + b + 2, -2))
  return [
    line(head),
    rule,
    ...rows.map(line),
    rule,
    `Parameters: ${grouped(trainable)}${keeps ? `, and ${grouped(notTrainable)} not trainable` : ''}`,
    `Size: ${mebibytes < 0.01 ? 'less than 0.01' : mebibytes.toFixed(2)} MiB as float32`,
  ].join('\n')
}

/** The name of a layer in the one above it, and its kind. */
function nameOf({ path, kind }: SummaryLayer): string {
  if (path === '') return kind === '' ? 'network' : kind
  const name = path.slice(path.lastIndexOf('.') + 1)
  return kind === '' ? name : `${name} ${kind}`
}

/** Nothing where the layers in it have the numbers. */
function counted(count: number, { path }: SummaryLayer, layers: readonly SummaryLayer[]): string {
  return count === 0 && layers.some((other) => isBelow(other.path, path)) ? '' : grouped(count)
}

const shapeText = (shape: Shape | undefined): string => (shape === undefined ? '' : `[${shape.join(', ')}]`)

/** 1234567 as 1,234,567, the same on every machine. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',')
