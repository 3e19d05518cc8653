// The grammar of einsum: terms of letters, commas, an arrow.
import { ShapeError } from '../../../base/index.js'
import type { Dim } from '../dims.js'
import { userLine } from '../user-line.js'
import { formatSpec, type Spec } from '../value.js'

/** An axis: its letter, or '.0', '.1' … for those that an ellipsis stands for, counted from the last. */
export type Label = string

/** An equation with its operands. */
export interface Equation {
  /** The labels of each operand's axes. */
  readonly terms: readonly (readonly Label[])[]
  readonly output: readonly Label[]
  /** The size of each label. */
  readonly sizes: ReadonlyMap<Label, Dim>
}

/** @throws {@link ShapeError} that names the equation, the operand and what was expected */
export function readEquation(text: string, operands: readonly Spec[]): Equation {
  const fault = faultOf(text, operands)
  const [left = '', right, ...more] = text.replaceAll(/\s/g, '').split('->')
  if (more.length > 0) throw fault('expected one arrow')
  const written = left.split(',')
  if (written.length !== operands.length)
    throw fault(`it has ${written.length} terms for ${operands.length} operands`)
  const terms = written.map((term, i) => {
    const where = `operand ${i}, ${formatSpec(operands[i]!)},`
    return termLabels(term, operands[i]!.shape.length, (why) => fault(`${where} ${why}`))
  })
  const sizes = sizesOf(terms, operands, fault)
  const output = right === undefined ? impliedOutput(terms) : outputLabels(right, sizes, fault)
  return { terms, output, sizes }
}

type Fault = (why: string) => ShapeError

/** One error for all: the equation, the operands, the line of the user. */
const faultOf =
  (text: string, operands: readonly Spec[]): Fault =>
  (why) =>
    new ShapeError(`einsum('${text}', ${operands.map(formatSpec).join(', ')})${userLine()}: ${why}.`, {
      expected: why,
      received: operands.map(formatSpec),
      where: 'einsum',
      equation: text,
    })

const dots = '...'

/** The letters of a term, with labels in place of an ellipsis. */
function termLabels(term: string, rank: number, fault: Fault): Label[] {
  const { before, after, open } = parts(term, fault)
  const named = before.length + after.length
  if (open ? rank < named : rank !== named) throw fault(`has ${rank} axes, but '${term}' names ${named}`)
  return [...before, ...ellipsis(open ? rank - named : 0), ...after]
}

const ellipsis = (count: number): Label[] => Array.from({ length: count }, (_, i) => `.${count - 1 - i}`)

function parts(
  term: string,
  fault: Fault,
): { readonly before: string; readonly after: string; readonly open: boolean } {
  const [before = '', after, ...more] = term.split(dots)
  if (more.length > 0) throw fault(`'${term}' has two ellipses, expected one at most`)
  const wrong = /[^A-Za-z]/.exec(before + (after ?? ''))
  if (wrong !== null) throw fault(`'${term}' has '${wrong[0]}', expected letters, or '...' once`)
  return { before, after: after ?? '', open: after !== undefined }
}

/** Equal letters have equal sizes; axes of length 1 repeat, as everywhere. */
function sizesOf(
  terms: readonly (readonly Label[])[],
  operands: readonly Spec[],
  fault: Fault,
): Map<Label, Dim> {
  const sizes = new Map<Label, Dim>()
  terms.forEach((labels, i) =>
    labels.forEach((label, axis) => {
      const size = operands[i]!.shape[axis]!
      const known = sizes.get(label)
      if (known === undefined || known === 1) sizes.set(label, size)
      else if (size !== known && size !== 1)
        throw fault(
          `operand ${i}, ${formatSpec(operands[i]!)}, has ${size} along ${named(label)}, which is ${known} elsewhere`,
        )
    }),
  )
  return sizes
}

const named = (label: Label): string => (label.startsWith('.') ? 'an axis of the ellipsis' : `'${label}'`)

/** Without an arrow: the axes of the ellipsis, then letters that stand once, in the order of the alphabet. */
function impliedOutput(terms: readonly (readonly Label[])[]): Label[] {
  const all = terms.flat()
  const open = all.filter((label) => label.startsWith('.')).length === 0 ? [] : ellipsis(depthOf(all))
  const once = all.filter((label) => !label.startsWith('.') && all.indexOf(label) === all.lastIndexOf(label))
  return [...open, ...once.toSorted()]
}

/** How many axes the longest ellipsis stands for. */
const depthOf = (labels: readonly Label[]): number =>
  labels.reduce(
    (most, label) => (label.startsWith('.') ? Math.max(most, Number(label.slice(1)) + 1) : most),
    0,
  )

function outputLabels(term: string, sizes: ReadonlyMap<Label, Dim>, fault: Fault): Label[] {
  const { before, after, open } = parts(term, (why) => fault(`the output ${why}`))
  const depth = depthOf([...sizes.keys()])
  if (!open && depth > 0)
    throw fault(`the output '${term}' has no '...' for the axes that those of the operands stand for`)
  const labels = [...before, ...ellipsis(depth), ...after]
  const twice = labels.find((label, i) => labels.indexOf(label) !== i)
  if (twice !== undefined) throw fault(`the output '${term}' names '${twice}' twice`)
  const unknown = labels.find((label) => !sizes.has(label))
  if (unknown !== undefined) throw fault(`the output '${term}' names '${unknown}', which no operand has`)
  return labels
}
