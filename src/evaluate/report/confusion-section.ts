// Which class was taken for which, and how each class fares.
import { confusionMatrixPlot } from '../plots/index.js'
import { andMore, figure, type Section, table } from './blocks.js'
import { count, number, percent } from './format.js'
import { cut, type Html, html } from './html.js'
import type { ClassificationResults, Report } from './report-data.js'

/** As many classes as a matrix shows well; beyond them the rest becomes one. */
const MATRIX_CLASSES = 20
/** As many rows as a table of classes or mistakes shows well. */
const TABLE_ROWS = 12

/** Matrix, classes one by one, and the commonest mistakes. */
export async function confusionSection(report: Report, results: ClassificationResults): Promise<Section> {
  const { classes, counts, hidden } = foldClasses(results)
  const cut12 = classes.map((name) => shorten(name))
  const drawing = await figure('confusion', confusionMatrixPlot(unique(cut12), counts), [
    'Confusion matrix',
    hidden > 0
      ? `The ${classes.length - 1} commonest of ${results.classes.length} classes`
      : 'Rows are true classes, columns predictions',
  ])
  const isBinary = report.job.task === 'binary' && results.classes.length === 2
  const aside = isBinary ? binaryReading(report, results) : html`${classTable(results)}${mistakes(results)}`
  return {
    id: 'confusion',
    short: 'Confusion',
    title: 'What is taken for what',
    body: html`<p class="lede">${summary(results)}</p>
      <div class="pair">
        ${drawing}
        <div>${aside}</div>
      </div>`,
  }
}

const shorten = (name: string): string =>
  [...name].length > 60 ? `${[...name].slice(0, 59).join('')}…` : name

/** Names that became alike when cut get a number, so that their cells stay apart. */
function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return times === 1 ? name : `${name} (${times})`
  })
}

/** Keeps the commonest classes and adds up the others. */
function foldClasses({ classes, confusion }: ClassificationResults) {
  if (classes.length <= MATRIX_CLASSES) return { classes, counts: confusion, hidden: 0 }
  const totals = confusion.map((row) => sum(row))
  const kept = classes
    .map((_, i) => i)
    .sort((a, b) => totals[b]! - totals[a]! || a - b)
    .slice(0, MATRIX_CLASSES - 1)
    .sort((a, b) => a - b)
  const place = new Map(kept.map((code, i) => [code, i]))
  const counts = Array.from({ length: MATRIX_CLASSES }, () => Array.from({ length: MATRIX_CLASSES }, () => 0))
  confusion.forEach((row, a) =>
    row.forEach((cell, p) => {
      counts[place.get(a) ?? MATRIX_CLASSES - 1]![place.get(p) ?? MATRIX_CLASSES - 1]! += cell
    }),
  )
  return {
    classes: [...kept.map((code) => classes[code]!), 'all others'],
    counts,
    hidden: classes.length - kept.length,
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function summary({ confusion }: ClassificationResults): Html {
  const total = sum(confusion.map((row) => sum(row)))
  const right = sum(confusion.map((row, i) => row[i] ?? 0))
  return html`Of ${count(total)} test rows <strong>${percent(right / total)}</strong> get the right class. The
    fuller the color of a cell, the larger its share of the true class.`
}

/** The four cells in words. */
function binaryReading({ job }: Report, { classes, confusion }: ClassificationResults): Html {
  const p = Math.max(0, classes.indexOf(job.positiveClass ?? classes[1]!))
  const n = 1 - p
  const [tp, fn, fp, tn] = [
    confusion[p]?.[p] ?? 0,
    confusion[p]?.[n] ?? 0,
    confusion[n]?.[p] ?? 0,
    confusion[n]?.[n] ?? 0,
  ]
  const positive = html`<strong>${cut(classes[p] ?? '')}</strong>`
  return html`<h3>In words</h3>
    <ul class="steps">
      <li>
        Of ${count(tp + fn)} rows that are ${positive}, <strong>${count(tp)}</strong> were found
        (${percent(tp / (tp + fn))}) and ${count(fn)} missed.
      </li>
      <li>
        Of ${count(tp + fp)} rows flagged as ${positive}, <strong>${count(tp)}</strong> were right
        (${percent(tp / (tp + fp))}) and ${count(fp)} were false alarms.
      </li>
      <li>
        Of ${count(tn + fp)} rows that are not, ${count(tn)} were left in peace (${percent(tn / (tn + fp))}).
      </li>
    </ul>
    ${thresholdNote(p, classes, { tp, fp })}`
}

const thresholdNote = (p: number, classes: readonly string[], { tp, fp }: { tp: number; fp: number }): Html =>
  tp + fp === 0
    ? html`<p class="quiet">No row was flagged as ${cut(classes[p] ?? '')} at this threshold.</p>`
    : html``

function classTable({ classes, confusion, roc }: ClassificationResults): Html {
  const rows = classes
    .map((name, k) => {
      const [hits, actual] = [confusion[k]?.[k] ?? 0, sum(confusion[k] ?? [])]
      const predicted = sum(confusion.map((row) => row[k] ?? 0))
      return {
        name,
        actual,
        precision: hits / predicted,
        recall: hits / actual,
        f1: (2 * hits) / (actual + predicted),
        auc: roc[k]?.auc,
      }
    })
    .sort((a, b) => orLow(a.f1) - orLow(b.f1))
  return html`${table(
    ['Classes', 'Hardest first'],
    [['Class'], ['Rows', 'n'], ['Precision', 'n'], ['Recall', 'n'], ['F1', 'n'], ['ROC-AUC', 'n']],
    rows.slice(0, TABLE_ROWS).map(({ name, actual, precision, recall, f1, auc }) => ({
      cells: [
        cut(name, 24),
        count(actual),
        percent(precision),
        percent(recall),
        percent(f1),
        auc === undefined ? '' : number(auc),
      ],
    })),
  )}${andMore(rows.length - TABLE_ROWS, 'classes')}`
}

const orLow = (value: number): number => (Number.isFinite(value) ? value : -1)

function mistakes({ classes, confusion }: ClassificationResults): Html {
  const pairs = confusion
    .flatMap((row, a) => row.map((cell, p) => ({ a, p, cell, share: cell / sum(row) })))
    .filter(({ a, p, cell }) => a !== p && cell > 0)
    .sort((x, y) => y.cell - x.cell)
  if (pairs.length === 0) return html``
  return html`<div class="next">
    ${table(
      ['Commonest mistakes'],
      [['True class'], ['Taken for'], ['Rows', 'n'], ['Of the class', 'n']],
      pairs.slice(0, 8).map(({ a, p, cell, share }) => ({
        cells: [cut(classes[a] ?? '', 24), cut(classes[p] ?? '', 24), count(cell), percent(share)],
      })),
    )}
  </div>`
}
