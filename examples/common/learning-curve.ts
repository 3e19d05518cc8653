// A learning curve as a drawing: loss by step, in training and in validation. Its colors follow the reader's light or dark
// page.

/** A loss, after so many steps. */
export type Point = readonly [steps: number, loss: number]

const [width, height] = [640, 360]
/** Room for labels on the left, and below. */
const frame = { left: 64, right: 616, top: 44, bottom: 308 }

const style = `
  text { font: 13px system-ui, sans-serif; fill: #59636e }
  .title { font-weight: 600; fill: #1c2127 }
  .grid { stroke: #e4e7eb }
  .line { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round }
  .dot { stroke: none; fill: currentColor }
  .training { color: #8a949f }
  .validation { color: #2457c5 }
  .page { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #a3adb8 }
    .title { fill: #e8ebee }
    .grid { stroke: #333a42 }
    .validation { color: #8fb0ff }
    .page { fill: #14181d }
  }`

/** The SVG of a learning curve. */
export function learningCurve(
  title: string,
  curves: { readonly training: readonly Point[]; readonly validation: readonly Point[] },
): string {
  const named = Object.entries(curves).filter(([, points]) => points.length > 0)
  const [steps, losses] = [0, 1].map((i) => named.flatMap(([, points]) => points.map((point) => point[i]!)))
  const across = axis([0, Math.max(...steps!)], [frame.left, frame.right])
  const upward = axis([Math.min(...losses!), Math.max(...losses!)], [frame.bottom, frame.top])
  const draw = ([name, points]: readonly [string, readonly Point[]]): string[] => {
    const places = points.map(([step, loss]) => `${across.place(step)},${upward.place(loss)}`)
    const [x, y] = places.at(-1)!.split(',')
    return [
      `<polyline class="line ${name}" points="${places.join(' ')}"/>`,
      `<circle class="dot ${name}" cx="${x}" cy="${y}" r="3.5"/>`,
    ]
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}: loss by training step">`,
    `<style>${style}\n</style>`,
    `<rect class="page" width="${width}" height="${height}"/>`,
    `<text class="title" x="${frame.left}" y="24">${title}</text>`,
    ...upward.ticks.flatMap((loss) => [
      `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${upward.place(loss)}" y2="${upward.place(loss)}"/>`,
      `<text x="${frame.left - 8}" y="${upward.place(loss) + 4}" text-anchor="end">${upward.label(loss)}</text>`,
    ]),
    ...across.ticks.map(
      (step) =>
        `<text x="${across.place(step)}" y="${frame.bottom + 20}" text-anchor="middle">${across.label(step)}</text>`,
    ),
    `<text x="${(frame.left + frame.right) / 2}" y="${height - 12}" text-anchor="middle">Training steps</text>`,
    `<text transform="translate(16 ${(frame.top + frame.bottom) / 2}) rotate(-90)" text-anchor="middle">Loss</text>`,
    ...legend(named.map(([name]) => name)),
    ...named.flatMap(draw),
    '</svg>\n',
  ].join('\n')
}

/** Names and their colors, to the right of the title. */
function legend(names: readonly string[]): string[] {
  return names.flatMap((name, i) => {
    const x = frame.right - 100 * (names.length - i) + 12
    return [
      `<line class="line ${name}" x1="${x}" x2="${x + 18}" y1="20" y2="20"/>`,
      `<text x="${x + 24}" y="24">${name}</text>`,
    ]
  })
}

/** From values to pixels, with round numbers to write beside. */
function axis([low, high]: readonly [number, number], [from, to]: readonly [number, number]) {
  const step = roundStep((high - low || 1) / 5)
  const [first, last] = [Math.floor(low / step) * step, Math.max(high, low + step)]
  const digits = Math.max(0, -Math.floor(Math.log10(step)))
  return {
    place: (value: number): number =>
      Math.round(10 * (from + ((value - first) / (last - first)) * (to - from))) / 10,
    ticks: Array.from({ length: Math.floor((last - first) / step + 1e-9) + 1 }, (_, i) => first + i * step),
    label: (value: number): string =>
      value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  }
}

/** The next of 1, 2 and 5, times a power of ten. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9))!
}
