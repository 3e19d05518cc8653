// Draws curves with their axes.
import type { Sheet } from './canvas.js'
import type { Plot, Range } from './line-chart.js'
import { type Scale, scale, tickFormat, type XKind, xTick } from './scale.js'
import { nearest } from './series.js'

/** Pixels around the plot: numbers of five digits to the left, a line of text below. */
export const margins = { left: 52, right: 12, top: 8, bottom: 22 } as const

const font = '11px system-ui, sans-serif'

interface Drawing extends Plot {
  readonly xKind: XKind
  readonly cursor: number | undefined
  readonly drag: Range | undefined
}

export function drawLines(sheet: Sheet, plot: Drawing): void {
  const { context, width, height } = sheet
  const x = plot.xScale(width)
  if (!Number.isFinite(plot.yDomain[0])) {
    drawNothing(sheet, plot)
    return
  }
  const y = scale(plot.yDomain, [height - margins.bottom, margins.top], { log: plot.log, ticks: height / 44 })
  drawAxes(sheet, { x, y, plot })
  context.save()
  context.beginPath()
  context.rect(margins.left, 0, width - margins.left - margins.right, height - margins.bottom + 1)
  context.clip()
  for (const each of plot.series) {
    context.strokeStyle = each.color
    context.fillStyle = each.color
    context.lineJoin = 'round'
    if (plot.faint) stroke(sheet, { xs: each.x, ys: each.y, x, y, alpha: 0.22, dash: [], weight: 1 })
    stroke(sheet, { xs: each.x, ys: each.shown, x, y, alpha: 1, dash: each.dash, weight: 1.6 })
  }
  drawCursor(sheet, { x, y, plot })
  context.restore()
}

/** Axes would say that there is something between 0 and 1. */
function drawNothing({ context, width, height, ink }: Sheet, { series, log }: Drawing): void {
  if (series.every(({ x }) => x.length === 0)) return
  context.font = font
  context.fillStyle = ink.dimmed
  context.textAlign = 'center'
  context.fillText(log ? 'Nothing above zero to draw' : 'Only NaN and infinity', width / 2, height / 2)
}

interface Curve {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
  readonly x: Scale
  readonly y: Scale
  readonly alpha: number
  readonly dash: readonly number[]
  readonly weight: number
}

function stroke({ context }: Sheet, { xs, ys, x, y, alpha, dash, weight }: Curve): void {
  context.globalAlpha = alpha
  context.lineWidth = weight
  context.setLineDash([...dash])
  context.beginPath()
  const has = (i: number): boolean => i >= 0 && i < ys.length && Number.isFinite(y.at(ys[i]!))
  const alone: number[] = []
  xs.forEach((place, i) => {
    if (!has(i)) return
    if (has(i - 1)) context.lineTo(x.at(place), y.at(ys[i]!))
    else if (has(i + 1)) context.moveTo(x.at(place), y.at(ys[i]!))
    else alone.push(i)
  })
  context.stroke()
  context.setLineDash([])
  // A point between two gaps has no line.
  for (const i of alone) dot(context, x.at(xs[i]!), y.at(ys[i]!), 3)
  context.globalAlpha = 1
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath()
  context.arc(x, y, radius, 0, 2 * Math.PI)
  context.fill()
}

interface Axes {
  readonly x: Scale
  readonly y: Scale
  readonly plot: Drawing
}

function drawAxes({ context, width, height, ink }: Sheet, { x, y, plot }: Axes): void {
  context.font = font
  context.lineWidth = 1
  context.strokeStyle = ink.line
  context.fillStyle = ink.dimmed
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  const yText = plot.format ?? tickFormat(y.ticks)
  for (const tick of y.ticks) {
    const at = Math.round(y.at(tick)) + 0.5
    context.beginPath()
    context.moveTo(margins.left, at)
    context.lineTo(width - margins.right, at)
    context.stroke()
    context.fillText(yText(tick), margins.left - 7, at)
  }
  context.textBaseline = 'top'
  context.textAlign = 'center'
  const text = xTick(plot.xKind, x.ticks)
  for (const tick of x.ticks) {
    const at = x.at(tick)
    if (at > width - margins.right - 14 && x.ticks.length > 2) continue
    context.fillText(text(tick), at, height - margins.bottom + 7)
  }
}

function drawCursor({ context, height, ink }: Sheet, { x, y, plot }: Axes): void {
  const { cursor, drag } = plot
  if (drag !== undefined) {
    context.globalAlpha = 0.15
    context.fillStyle = ink.accent
    context.fillRect(
      x.at(drag[0]),
      margins.top,
      x.at(drag[1]) - x.at(drag[0]),
      height - margins.bottom - margins.top,
    )
    context.globalAlpha = 1
  }
  if (cursor === undefined) return
  context.strokeStyle = ink.dimmed
  context.lineWidth = 1
  context.setLineDash([2, 3])
  context.beginPath()
  context.moveTo(x.at(cursor), margins.top)
  context.lineTo(x.at(cursor), height - margins.bottom)
  context.stroke()
  context.setLineDash([])
  for (const each of plot.series) {
    if (each.x.length === 0) continue
    const i = nearest(each.x, cursor)
    const [px, py] = [x.at(each.x[i]!), y.at(each.shown[i]!)]
    if (!Number.isFinite(py) || Math.abs(px - x.at(cursor)) > 40) continue
    context.fillStyle = each.color
    dot(context, px, py, 3)
  }
}
