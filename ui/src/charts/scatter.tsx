// Runs as points between two axes.
import { type PointerEvent, useCallback, useMemo, useState } from 'react'
import type { Dimension } from '../pages/compare/dimensions.js'
import { type Sheet, useCanvas } from './canvas.js'
import { colorsOf } from './ramp.js'
import { type Scale, scale, tickFormat } from './scale.js'
import { extent } from './series.js'

interface ScatterProps {
  readonly x: Dimension
  readonly y: Dimension
  readonly color: Dimension | undefined
  readonly logX: boolean
  readonly logY: boolean
  readonly names: readonly string[]
  readonly onOpen: (index: number) => void
}

/** Pixels. */
const height = 420
const margins = { left: 84, right: 20, top: 14, bottom: 44 } as const
const radius = 5
const reach = 14

export function Scatter(props: ScatterProps) {
  const { x, y, color, names, onOpen } = props
  const [hovered, setHovered] = useState<number>()
  const colors = useMemo(() => colorsOf(color, names.length), [color, names])
  const scalesOf = useCallback(
    (width: number) => ({
      across: axisScale(x, [margins.left, width - margins.right], { log: props.logX, ticks: width / 110 }),
      up: axisScale(y, [height - margins.bottom, margins.top], { log: props.logY, ticks: 7 }),
    }),
    [x, y, props.logX, props.logY],
  )
  const draw = useCallback(
    (sheet: Sheet) => drawScatter(sheet, { x, y, ...scalesOf(sheet.width), colors, hovered }),
    [x, y, scalesOf, colors, hovered],
  )
  const { box, canvas, width } = useCanvas(height, draw)
  const near = (event: PointerEvent): number | undefined => {
    const { left, top } = event.currentTarget.getBoundingClientRect()
    const { across, up } = scalesOf(width)
    let best: number | undefined
    let distance = reach
    x.values.forEach((value, i) => {
      const away = Math.hypot(
        across.at(value) - event.clientX + left,
        up.at(y.values[i]!) - event.clientY + top,
      )
      if (!(away < distance)) return
      distance = away
      best = i
    })
    return best
  }
  return (
    <div className="section">
      <div
        ref={box}
        role="img"
        aria-label={`${y.title} over ${x.title} of ${names.length} runs`}
        className="scatter"
      >
        <canvas
          ref={canvas}
          style={{ height, width: '100%', cursor: hovered === undefined ? 'default' : 'pointer' }}
          onPointerMove={(event) => setHovered(near(event))}
          onPointerLeave={() => setHovered(undefined)}
          onClick={() => hovered !== undefined && onOpen(hovered)}
        />
      </div>
      <p className="section-none" role="status">
        {hovered === undefined
          ? 'Click a point to open its run.'
          : `${names[hovered]}: ${[x, y, color]
              .filter((axis) => axis !== undefined)
              .map((axis) => `${axis.title} ${axis.text(axis.values[hovered]!)}`)
              .join(', ')}`}
      </p>
    </div>
  )
}

function axisScale(
  { values, categories }: Dimension,
  range: readonly [number, number],
  options: { readonly log: boolean; readonly ticks: number },
): Scale {
  if (categories !== undefined) return scale([-0.5, categories.length - 0.5], range)
  const [low, high] = extent([values], options.log)
  const room = options.log ? 0 : (high - low) * 0.04
  return scale([low - room, high + room], range, options)
}

interface Drawing {
  readonly x: Dimension
  readonly y: Dimension
  readonly across: Scale
  readonly up: Scale
  readonly colors: readonly string[]
  readonly hovered: number | undefined
}

const ticksOf = ({ categories }: Dimension, { ticks }: Scale): readonly number[] =>
  categories === undefined ? ticks : categories.map((_, i) => i)

function drawScatter({ context, width, ink }: Sheet, { x, y, across, up, colors, hovered }: Drawing): void {
  context.font = '11px system-ui, sans-serif'
  context.strokeStyle = ink.line
  context.fillStyle = ink.dimmed
  context.textBaseline = 'middle'
  context.textAlign = 'right'
  const rows = ticksOf(y, up)
  const rowText = y.categories === undefined ? tickFormat(rows) : y.text
  for (const tick of rows) {
    line(context, [margins.left, up.at(tick)], [width - margins.right, up.at(tick)])
    context.fillText(rowText(tick).slice(0, 13), margins.left - 8, up.at(tick))
  }
  context.textAlign = 'center'
  const columns = ticksOf(x, across)
  const columnText = x.categories === undefined ? tickFormat(columns) : x.text
  for (const tick of columns) {
    line(context, [across.at(tick), margins.top], [across.at(tick), height - margins.bottom])
    context.fillText(columnText(tick).slice(0, 16), across.at(tick), height - margins.bottom + 13)
  }
  context.fillStyle = ink.text
  context.font = '600 12px system-ui, sans-serif'
  context.fillText(x.title, (margins.left + width - margins.right) / 2, height - 10)
  context.save()
  context.translate(13, (margins.top + height - margins.bottom) / 2)
  context.rotate(-Math.PI / 2)
  context.fillText(y.title, 0, 0)
  context.restore()
  x.values.forEach((value, i) => {
    const [px, py] = [across.at(value), up.at(y.values[i]!)]
    if (!Number.isFinite(px + py)) return
    context.globalAlpha = hovered === undefined || hovered === i ? 0.85 : 0.35
    context.fillStyle = colors[i]!
    context.beginPath()
    context.arc(px, py, hovered === i ? radius + 2 : radius, 0, 2 * Math.PI)
    context.fill()
  })
  context.globalAlpha = 1
}

function line(
  context: CanvasRenderingContext2D,
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
): void {
  context.beginPath()
  context.moveTo(x1, Math.round(y1) + 0.5)
  context.lineTo(x2, Math.round(y2) + 0.5)
  context.stroke()
}
