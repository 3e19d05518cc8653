// Lines through vertical axes on one canvas. Dragging on an axis keeps the runs inside; a click on it takes that back.
import { type PointerEvent, useCallback, useMemo, useState } from 'react'
import type { Dimension } from '../pages/compare/dimensions.js'
import type { Range } from './line-chart.js'
import { type Sheet, useCanvas } from './canvas.js'
import { colorsOf } from './ramp.js'
import { type Scale, scale, tickFormat } from './scale.js'
import { extent } from './series.js'

interface ParallelProps {
  readonly axes: readonly Dimension[]
  readonly color: Dimension | undefined
  readonly names: readonly string[]
  readonly onOpen: (index: number) => void
}

/** Pixels. */
const height = 420
const margins = { top: 44, bottom: 20, side: 70 } as const
/** How near a line the pointer must be to mean it, and an axis to drag on it. */
const reach = 8
const axisReach = 16

interface Layout {
  readonly places: readonly number[]
  readonly scales: readonly Scale[]
  /** Runs × axes, in pixels; NaN where a run has no value. */
  readonly lines: readonly (readonly number[])[]
}

export function Parallel({ axes, color, names, onOpen }: ParallelProps) {
  const [brushes, setBrushes] = useState<Readonly<Record<string, Range>>>({})
  const [drag, setDrag] = useState<{ readonly axis: string; readonly from: number }>()
  const [hovered, setHovered] = useState<number>()
  const colors = useMemo(() => colorsOf(color, names.length), [color, names])
  const kept = useMemo(() => keptBy(axes, brushes, names.length), [axes, brushes, names])
  const layoutOf = useLayout(axes)
  const draw = useCallback(
    (sheet: Sheet) =>
      drawParallel(sheet, { axes, layout: layoutOf(sheet.width), colors, kept, hovered, brushes }),
    [axes, layoutOf, colors, kept, hovered, brushes],
  )
  const { box, canvas, width } = useCanvas(height, draw)
  const layout = layoutOf(width)
  const move = (event: PointerEvent): void => {
    const { x, y } = placeOf(event)
    if (drag === undefined) {
      setHovered(lineAt(layout, kept, x, y))
      return
    }
    const axis = axes.findIndex(({ id }) => id === drag.axis)
    const values = [layout.scales[axis]!.from(drag.from), layout.scales[axis]!.from(y)]
    setBrushes({ ...brushes, [drag.axis]: [Math.min(...values), Math.max(...values)] })
  }
  const count = kept.filter(Boolean).length
  return (
    <div className="section parallel">
      <div className="parallel-scroll" tabIndex={0} role="region" aria-label="Parallel coordinates">
        <div
          ref={box}
          style={{ minWidth: axes.length * 96 }}
          role="img"
          aria-label={`Parallel coordinates of ${names.length} runs over ${axes.map(({ title }) => title).join(', ')}`}
        >
          <canvas
            ref={canvas}
            style={{ height, width: '100%', cursor: hovered === undefined ? 'default' : 'pointer' }}
            onPointerDown={(event) => {
              const { x, y } = placeOf(event)
              const axis = layout.places.findIndex((place) => Math.abs(place - x) < axisReach)
              if (axis < 0) return
              event.currentTarget.setPointerCapture(event.pointerId)
              const { id } = axes[axis]!
              setBrushes(Object.fromEntries(Object.entries(brushes).filter(([other]) => other !== id)))
              setDrag({ axis: id, from: y })
            }}
            onPointerMove={move}
            onPointerUp={() => setDrag(undefined)}
            onPointerLeave={() => setHovered(undefined)}
            onClick={() => hovered !== undefined && drag === undefined && onOpen(hovered)}
          />
        </div>
      </div>
      <p className="section-none" role="status">
        {hovered !== undefined
          ? `${names[hovered]}: ${axes.map((axis) => `${axis.title} ${axis.text(axis.values[hovered]!)}`).join(', ')}`
          : count < names.length
            ? `${count} of ${names.length} runs are inside. Click an axis to take its range back.`
            : 'Drag along an axis to keep the runs inside. Click a line to open its run.'}
      </p>
    </div>
  )
}

const placeOf = (event: PointerEvent): { readonly x: number; readonly y: number } => {
  const { left, top } = event.currentTarget.getBoundingClientRect()
  return { x: event.clientX - left, y: event.clientY - top }
}

function useLayout(axes: readonly Dimension[]): (width: number) => Layout {
  return useMemo(() => {
    const known = new Map<number, Layout>()
    return (width) => {
      const made = known.get(width) ?? layoutFor(axes, width)
      known.set(width, made)
      return made
    }
  }, [axes])
}

function layoutFor(axes: readonly Dimension[], width: number): Layout {
  const step = (width - 2 * margins.side) / Math.max(1, axes.length - 1)
  const scales = axes.map(({ values }) =>
    scale(extent([values], false), [height - margins.bottom, margins.top]),
  )
  const runs = axes[0]?.values.length ?? 0
  return {
    places: axes.map((_, i) => margins.side + i * step),
    scales,
    lines: Array.from({ length: runs }, (_, run) => axes.map(({ values }, i) => scales[i]!.at(values[run]!))),
  }
}

/** Which runs lie inside of every range. */
function keptBy(
  axes: readonly Dimension[],
  brushes: Readonly<Record<string, Range>>,
  count: number,
): readonly boolean[] {
  return Array.from({ length: count }, (_, run) =>
    axes.every(({ id, values }) => {
      const range = brushes[id]
      return range === undefined || (values[run]! >= range[0] && values[run]! <= range[1])
    }),
  )
}

/** The run whose line passes nearest, among those that are kept. */
function lineAt(
  { places, lines }: Layout,
  kept: readonly boolean[],
  x: number,
  y: number,
): number | undefined {
  const right = places.findIndex((place) => place >= x)
  if (right <= 0) return undefined
  const part = (x - places[right - 1]!) / (places[right]! - places[right - 1]!)
  let best: number | undefined
  let distance = reach
  lines.forEach((line, run) => {
    const at = line[right - 1]! + (line[right]! - line[right - 1]!) * part
    if (!kept[run] || !(Math.abs(at - y) < distance)) return
    distance = Math.abs(at - y)
    best = run
  })
  return best
}

interface Drawing {
  readonly axes: readonly Dimension[]
  readonly layout: Layout
  readonly colors: readonly string[]
  readonly kept: readonly boolean[]
  readonly hovered: number | undefined
  readonly brushes: Readonly<Record<string, Range>>
}

function drawParallel(sheet: Sheet, { axes, layout, colors, kept, hovered, brushes }: Drawing): void {
  const { context, ink } = sheet
  const alpha = Math.max(0.25, Math.min(0.9, 30 / layout.lines.length))
  context.lineWidth = 1.4
  layout.lines.forEach((line, run) => {
    if (kept[run]) return
    context.globalAlpha = 0.25
    context.strokeStyle = ink.line
    strokeLine(context, layout.places, line)
  })
  layout.lines.forEach((line, run) => {
    if (!kept[run] || run === hovered) return
    context.globalAlpha = hovered === undefined ? alpha : alpha / 3
    context.strokeStyle = colors[run]!
    strokeLine(context, layout.places, line)
  })
  context.globalAlpha = 1
  if (hovered !== undefined) {
    context.lineWidth = 3
    context.strokeStyle = colors[hovered]!
    strokeLine(context, layout.places, layout.lines[hovered]!)
  }
  axes.forEach((axis, i) =>
    drawAxis(sheet, axis, { scale: layout.scales[i]!, x: layout.places[i]!, brush: brushes[axis.id] }),
  )
}

function strokeLine(
  context: CanvasRenderingContext2D,
  places: readonly number[],
  line: readonly number[],
): void {
  context.beginPath()
  let down = false
  line.forEach((y, i) => {
    if (!Number.isFinite(y)) {
      down = false
      return
    }
    if (down) context.lineTo(places[i]!, y)
    else context.moveTo(places[i]!, y)
    down = true
  })
  context.stroke()
}

interface AxisPlace {
  readonly scale: Scale
  readonly x: number
  readonly brush: Range | undefined
}

function drawAxis({ context, ink }: Sheet, axis: Dimension, { scale: y, x, brush }: AxisPlace): void {
  context.font = '11px system-ui, sans-serif'
  context.lineWidth = 1
  context.strokeStyle = ink.dimmed
  context.beginPath()
  context.moveTo(x, margins.top)
  context.lineTo(x, height - margins.bottom)
  context.stroke()
  if (brush !== undefined) {
    context.globalAlpha = 0.3
    context.fillStyle = ink.accent
    context.fillRect(x - 7, y.at(brush[1]), 14, y.at(brush[0]) - y.at(brush[1]))
    context.globalAlpha = 1
  }
  const ticks = axis.categories === undefined ? y.ticks : axis.categories.map((_, i) => i)
  const text = axis.categories === undefined ? tickFormat(ticks) : axis.text
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  for (const tick of ticks) label({ context, ink }, text(tick), x + 7, y.at(tick))
  context.textAlign = 'center'
  context.fillStyle = ink.dimmed
  context.fillText(axis.kind === 'params' ? 'Parameter' : 'Metric', x, 11)
  context.fillStyle = ink.text
  context.font = '600 12px system-ui, sans-serif'
  context.fillText(shortened(axis.title), x, 27)
}

/** Text that stays readable over lines. */
function label({ context, ink }: Pick<Sheet, 'context' | 'ink'>, text: string, x: number, y: number): void {
  context.lineWidth = 3
  context.lineJoin = 'round'
  context.strokeStyle = ink.surface
  context.strokeText(text, x, y)
  context.fillStyle = ink.text
  context.fillText(text, x, y)
}

const shortened = (text: string): string =>
  text.length <= 18 ? text : `${text.slice(0, 8)}…${text.slice(-8)}`
