// Curves over steps or time: hover compares them, dragging zooms in, a double click or Escape zooms out, arrows move the cursor.
import { type KeyboardEvent, type PointerEvent, useCallback, useMemo, useState } from 'react'
import { shortNumber } from '../base/format.js'
import { useCanvas, type Sheet } from './canvas.js'
import { drawLines, margins } from './line-drawing.js'
import { type Scale, scale, type XKind, xText } from './scale.js'
import { extent, nearest, type Series, smoothed } from './series.js'

export type Range = readonly [number, number]

export interface LineChartProps {
  readonly title: string
  readonly series: readonly Series[]
  readonly xKind: XKind
  readonly log: boolean
  /** 0 to 0.99: how much of the past is in each value. */
  readonly smoothing: number
  readonly zoom: Range | undefined
  readonly onZoom: (range: Range | undefined) => void
  readonly height?: number
  /** Writes values, where numbers alone do not do. */
  readonly format?: (value: number) => string
  readonly fromZero?: boolean
}

/** Pixels that a drag must be long to be meant. */
const shortestDrag = 6
/** Lines of the box beside the cursor; more would hide the chart. */
const mostListed = 10

export function LineChart(props: LineChartProps) {
  const { title, series, xKind, log, zoom, onZoom, height = 210 } = props
  const [cursor, setCursor] = useState<number>()
  const [drag, setDrag] = useState<Range>()
  const plot = usePlot(props)
  const draw = useCallback(
    (sheet: Sheet) => drawLines(sheet, { ...plot, xKind, cursor, drag }),
    [plot, xKind, cursor, drag],
  )
  const { box, canvas, width } = useCanvas(height, draw)
  const x = plot.xScale(width)
  const valueAt = (event: PointerEvent): number =>
    x.from(event.clientX - event.currentTarget.getBoundingClientRect().left)
  const endDrag = (): void => {
    if (drag !== undefined && Math.abs(x.at(drag[1]) - x.at(drag[0])) > shortestDrag)
      onZoom([Math.min(...drag), Math.max(...drag)])
    setDrag(undefined)
  }
  return (
    <div
      ref={box}
      className="chart"
      role="group"
      tabIndex={0}
      aria-label={`${title}: ${summaryOf(series)}${log ? ', logarithmic' : ''}. Left and right move the cursor.`}
      onKeyDown={(event) => chartKeys(event, { plot, cursor, setCursor, onZoom })}
      onBlur={() => setCursor(undefined)}
    >
      <canvas
        ref={canvas}
        style={{ height }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setDrag([valueAt(event), valueAt(event)])
        }}
        onPointerMove={(event) => {
          const value = valueAt(event)
          setCursor(value)
          setDrag((old) => old && [old[0], value])
        }}
        onPointerUp={endDrag}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setCursor(undefined)}
        onDoubleClick={() => onZoom(undefined)}
      />
      {cursor !== undefined && width > 0 && (
        <Reading {...props} plot={plot} cursor={cursor} x={x} width={width} />
      )}
      {zoom !== undefined && (
        <button type="button" className="chart-reset" onClick={() => onZoom(undefined)}>
          Whole range
        </button>
      )}
    </div>
  )
}

export interface Plot {
  readonly series: readonly (Series & { readonly shown: readonly number[] })[]
  readonly faint: boolean
  readonly yDomain: Range
  readonly log: boolean
  readonly format: ((value: number) => string) | undefined
  readonly xDomain: Range
  xScale(width: number): Scale
}

function usePlot({ series, xKind, log, smoothing, zoom, format, fromZero = false }: LineChartProps): Plot {
  return useMemo(() => {
    const shown = series.map((each) => ({ ...each, shown: smoothed(each.y, smoothing) }))
    const xDomain =
      zoom ??
      extent(
        series.map(({ x }) => x),
        false,
      )
    const inside = shown.map(({ x, shown: y, y: raw }) =>
      (smoothing > 0 && shown.length === 1 ? raw : y).filter(
        (_, i) => x[i]! >= xDomain[0] && x[i]! <= xDomain[1],
      ),
    )
    const [low, high] = extent(inside, log)
    return {
      series: shown,
      faint: smoothing > 0,
      log,
      format,
      xDomain,
      yDomain: fromZero && !log ? [0, high > 0 ? high : 1] : [low, high],
      xScale: (width) =>
        scale(xDomain, [margins.left, width - margins.right], {
          ticks: width / 90,
          time: xKind === 'time',
          whole: xKind === 'step',
        }),
    }
  }, [series, xKind, log, smoothing, zoom, format, fromZero])
}

function summaryOf(series: readonly Series[]): string {
  if (series.length !== 1) return `${series.length} curves`
  const { y } = series[0]!
  return `${y.length} points, the last ${shortNumber(y.at(-1) ?? NaN)}`
}

interface ChartKeys {
  readonly plot: Plot
  readonly cursor: number | undefined
  readonly setCursor: (value: number | undefined) => void
  readonly onZoom: (range: Range | undefined) => void
}

function chartKeys(event: KeyboardEvent, { plot, cursor, setCursor, onZoom }: ChartKeys): void {
  const longest = plot.series.toSorted((a, b) => b.x.length - a.x.length)[0]
  if (event.target !== event.currentTarget || longest === undefined || longest.x.length === 0) return
  if (event.key === 'Escape') {
    setCursor(undefined)
    onZoom(undefined)
    return
  }
  const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  if (by === 0) return
  event.preventDefault()
  const at = cursor === undefined ? (by > 0 ? 0 : longest.x.length - 1) : nearest(longest.x, cursor) + by
  setCursor(longest.x[Math.max(0, Math.min(longest.x.length - 1, at))])
}

interface ReadingProps extends LineChartProps {
  readonly plot: Plot
  readonly cursor: number
  readonly x: Scale
  readonly width: number
}

/** What the curves are at the cursor, greatest first. */
function Reading({ plot, cursor, x, width, xKind, format = shortNumber }: ReadingProps) {
  const found = plot.series
    .filter((each) => each.x.length > 0)
    .map((each) => {
      const i = nearest(each.x, cursor)
      return { each, place: each.x[i]!, value: each.shown[i]! }
    })
    .filter(({ place }) => Math.abs(x.at(place) - x.at(cursor)) < 40)
    .toSorted((a, b) => b.value - a.value)
  const closest = found.toSorted((a, b) => Math.abs(a.place - cursor) - Math.abs(b.place - cursor))[0]
  if (closest === undefined) return null
  const left = x.at(closest.place)
  return (
    <div
      className="reading"
      role="status"
      style={left > width / 2 ? { right: width - left + 12 } : { left: left + 12 }}
    >
      <strong>{xText(xKind, closest.place)}</strong>
      {found.slice(0, mostListed).map(({ each, value }) => (
        <span key={each.id}>
          <i style={{ background: each.color }} />
          <span className="reading-label">{each.label}</span>
          <b>{format(value)}</b>
        </span>
      ))}
      {found.length > mostListed && <em>and {found.length - mostListed} more</em>}
    </div>
  )
}
