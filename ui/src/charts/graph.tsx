// A small graph from left to right: boxes in columns, with curves between. Boxes are links, so that keys reach them.
import { useElementSize } from '@mantine/hooks'
import { Link } from 'wouter'
import { middleCut } from '../base/format.js'

export interface GraphNode {
  readonly id: string
  readonly kind: string
  readonly label: string
  readonly note?: string | undefined
  readonly to?: string
  readonly current?: boolean
}

interface GraphProps {
  readonly label: string
  readonly columns: readonly (readonly GraphNode[])[]
  readonly edges: readonly (readonly [from: string, to: string])[]
}

/** Pixels. */
const boxHeight = 56
const gap = 14
const margin = 16
const widestBox = 240
const narrowestBox = 150
const between = 56

export function Graph({ label, columns: given, edges }: GraphProps) {
  const columns = given.filter((column) => column.length > 0)
  const { ref, width } = useElementSize()
  const most = Math.max(...columns.map((column) => column.length))
  const height = most * (boxHeight + gap) - gap + 2 * margin
  const room = (width - 2 * margin - (columns.length - 1) * between) / columns.length
  const boxWidth = Math.max(narrowestBox, Math.min(widestBox, room))
  const across =
    boxWidth +
    Math.max(between, (width - 2 * margin - columns.length * boxWidth) / Math.max(1, columns.length - 1))
  const step = columns.length > 1 ? Math.min(across, boxWidth + 180) : 0
  const places = new Map<string, { readonly x: number; readonly y: number }>()
  columns.forEach((column, i) => {
    const top = (height - column.length * (boxHeight + gap) + gap) / 2
    column.forEach(({ id }, j) => places.set(id, { x: margin + i * step, y: top + j * (boxHeight + gap) }))
  })
  return (
    <div ref={ref} className="graph" role="group" aria-label={label} tabIndex={0}>
      <div
        style={{ position: 'relative', height, width: margin * 2 + (columns.length - 1) * step + boxWidth }}
      >
        <svg aria-hidden="true" width="100%" height={height}>
          {edges.map(([from, to]) => {
            const [a, b] = [places.get(from), places.get(to)]
            return (
              a &&
              b && (
                <path
                  key={`${from} ${to}`}
                  d={curve(a.x + boxWidth, a.y + boxHeight / 2, b.x, b.y + boxHeight / 2)}
                />
              )
            )
          })}
        </svg>
        {columns.flat().map((node) => {
          const { x, y } = places.get(node.id)!
          return (
            <Box key={node.id} node={node} style={{ left: x, top: y, width: boxWidth, height: boxHeight }} />
          )
        })}
      </div>
    </div>
  )
}

function curve(x1: number, y1: number, x2: number, y2: number): string {
  const middle = (x1 + x2) / 2
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`
}

interface BoxProps {
  readonly node: GraphNode
  readonly style: Readonly<Record<string, number>>
}

function Box({ node, style }: BoxProps) {
  const content = (
    <>
      <small>{node.kind}</small>
      <strong title={node.label}>{middleCut(node.label, 28)}</strong>
      {node.note !== undefined && <small>{node.note}</small>}
    </>
  )
  const classes = `graph-box${node.current === true ? ' is-current' : ''}`
  return node.to === undefined ? (
    <div className={classes} style={style}>
      {content}
    </div>
  ) : (
    <Link className={classes} style={style} to={node.to}>
      {content}
    </Link>
  )
}
