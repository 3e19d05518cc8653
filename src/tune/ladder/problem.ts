// What decides which models are worth trying: the task, the rows, and how many columns preparation will make of them.
import { inferKinds, type KindOfColumn } from '../../data/index.js'
import { classCount, type LearningData, taskOf } from '../../evaluate/validation/index.js'
import type { Task } from '../../metrics/index.js'

/** What decides the portfolio. */
export interface PortfolioProblem {
  readonly task: Task
  readonly rows: number
  /** 0 for values. */
  readonly classes: number
  /** Columns that preparation makes for linear models, about. */
  readonly linearColumns: number
  /** Columns that preparation makes for trees, about. */
  readonly treeColumns: number
  /** Ranges into which boosting cuts all of them. */
  readonly treeBins: number
  /** As `treeColumns`, without those of free text: what products are made of. */
  readonly pairColumns: number
  /** Text columns of more levels than trees get indicators for, but few enough that they could. */
  readonly manyLevels: number
}

/** Reads the problem off the data. Cost: one pass over the columns. */
export function problemOf({ x, target }: LearningData): PortfolioProblem {
  const kinds = inferKinds(x)
  const bent = kinds.filter(({ kind }) => kind === 'number').length <= mostBentColumns
  const sum = (widthOf: (kind: KindOfColumn) => number): number =>
    kinds.reduce((total, kind) => total + widthOf(kind), 0)
  return {
    task: taskOf(target),
    rows: x.rowCount,
    classes: classCount(target),
    linearColumns: sum((kind) => linearWidth(kind, bent)),
    treeColumns: sum(treeWidth),
    treeBins: sum((kind) => treeWidth(kind) * Math.min(kind.distinct, kind.kind === 'text' ? 20 : 255)),
    pairColumns: sum((kind) => (kind.kind === 'text' ? 0 : treeWidth(kind))),
    manyLevels: kinds.filter(hasManyLevels).length,
  }
}

// Words and pairs of words by which a column of free text is encoded, at most (auto-prepare's own limit).
const textColumns = 300
// Year, month, day, weekday, hour and the like; linear models get circles for most of them.
const dateColumns = { tree: 7, linear: 12 }
// Levels with indicators of their own, at most, for linear models; and the most levels that trees get indicators for.
const indicators = { linear: 30, tree: 3 }

// Linear models get so many bends of each number while these are few.
const bends = 5
const mostBentColumns = 60
// Beyond, an indicator has too few rows to be split on.
const mostLevels = 50

const hasManyLevels = ({ kind, distinct }: KindOfColumn): boolean =>
  kind === 'category' && distinct >= indicators.tree && distinct < mostLevels

function linearWidth({ kind, codes, distinct }: KindOfColumn, bent: boolean): number {
  if (kind === 'category') return Math.min(distinct, indicators.linear) + 1
  if (kind === 'number' && codes) return 1 + Math.min(distinct, indicators.linear)
  if (kind === 'number') return bent ? 1 + bends : 1
  return otherWidth(kind, dateColumns.linear)
}

function treeWidth({ kind, distinct }: KindOfColumn): number {
  if (kind === 'category') return distinct < indicators.tree ? distinct : 2
  return otherWidth(kind, dateColumns.tree)
}

function otherWidth(kind: KindOfColumn['kind'], date: number): number {
  if (kind === 'constant' || kind === 'identifier') return 0
  if (kind === 'timestamp') return date
  return kind === 'text' ? textColumns : 1
}
