// Whether callers of one version can call another: column by column, in sentences.
import type { Field } from '../../data/index.js'
import type { ModelSignature } from './signature.js'

/** Nothing changes for callers; more is accepted than before; something that worked fails or means something else. */
export type CompatibilityVerdict = 'compatible' | 'wider' | 'breaking'

export interface SignatureChange {
  readonly about: 'task' | 'target' | 'column' | 'class' | 'output'
  /** The column, class or output. */
  readonly name: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly effect: CompatibilityVerdict
  readonly sentence: string
}

export interface Compatibility {
  readonly verdict: CompatibilityVerdict
  readonly changes: readonly SignatureChange[]
  /** The verdict in a sentence. */
  readonly sentence: string
}

/**
 * Compares what two versions take and give.
 *
 * Breaking is what makes a caller of the first fail or misread an answer of the second: another task or target, a column that must
 * now be given or has another type, an output or class that is gone or new. Wider is a column that need not be given any more.
 */
export function compareSignatures(before: ModelSignature, after: ModelSignature): Compatibility {
  const changes = [
    ...subjectChanges(before, after),
    ...columnChanges(before.inputs, after.inputs),
    ...classChanges(before, after),
    ...outputChanges(before.outputs, after.outputs),
  ]
  const verdict = changes.some(({ effect }) => effect === 'breaking')
    ? 'breaking'
    : changes.some(({ effect }) => effect === 'wider')
      ? 'wider'
      : 'compatible'
  return { verdict, changes, sentence: sentences[verdict] }
}

const sentences: Readonly<Record<CompatibilityVerdict, string>> = {
  compatible: 'Whoever calls the one can call the other, and reads its answers alike.',
  wider: 'Whoever calls the one can call the other; it takes less than before, or more kinds of values.',
  breaking: 'Callers of the one must be changed before they can call the other.',
}

const breaking = (change: Omit<SignatureChange, 'effect'>): SignatureChange => ({
  ...change,
  effect: 'breaking',
})

function subjectChanges(before: ModelSignature, after: ModelSignature): SignatureChange[] {
  const changes: SignatureChange[] = []
  if (before.task !== after.task) {
    const sentence = `It now solves a ${after.task} task, before a ${before.task} one.`
    changes.push(breaking({ about: 'task', name: after.task, change: 'changed', sentence }))
  }
  if (before.target !== after.target) {
    const sentence = `It now predicts '${after.target}', before '${before.target}'.`
    changes.push(breaking({ about: 'target', name: after.target, change: 'changed', sentence }))
  }
  return changes
}

function columnChanges(before: readonly Field[], after: readonly Field[]): SignatureChange[] {
  const known = new Map(before.map((field) => [field.name, field]))
  const kept = new Set(after.map(({ name }) => name))
  const added = after.flatMap((field): SignatureChange[] => {
    const { name, type } = field
    const old = known.get(name)
    if (old === undefined) {
      const sentence = `Column '${name}' (${type}) must be given now; it was not asked for before.`
      return [breaking({ about: 'column', name, change: 'added', sentence })]
    }
    return changedColumn(old, field)
  })
  const removed = before
    .filter(({ name }) => !kept.has(name))
    .map(({ name, type }): SignatureChange => ({
      about: 'column',
      name,
      change: 'removed',
      effect: 'wider',
      sentence: `Column '${name}' (${type}) is not read any more; it may be given or not.`,
    }))
  return [...added, ...removed]
}

function changedColumn(old: Field, { name, type, labels, format }: Field): SignatureChange[] {
  if (old.type !== type) {
    // Numbers are read as categories by their digits; other types are not read as each other.
    const effect = old.type === 'number' && type === 'string' ? 'wider' : 'breaking'
    const sentence = `Column '${name}' is read as ${type} now, before as ${old.type}.`
    return [{ about: 'column', name, change: 'changed', effect, sentence }]
  }
  const [was, is] = [old.labels ?? old.format, labels ?? format].map((notation) => notation?.toString())
  if (was === is) return []
  const sentence = `Column '${name}' is written as ${is ?? 'any notation'} now, before as ${was ?? 'any notation'}.`
  return [
    { about: 'column', name, change: 'changed', effect: is === undefined ? 'wider' : 'breaking', sentence },
  ]
}

function classChanges(before: ModelSignature, after: ModelSignature): SignatureChange[] {
  if (before.task === 'regression' || after.task === 'regression') return []
  const [was, is] = [before, after].map(({ classes }) => classes.map(String)) as [string[], string[]]
  const added = is.filter((label) => !was.includes(label))
  const removed = was.filter((label) => !is.includes(label))
  const changes = [
    ...added.map((name) =>
      breaking({ about: 'class', name, change: 'added', sentence: `It may answer '${name}' now.` }),
    ),
    ...removed.map((name) =>
      breaking({ about: 'class', name, change: 'removed', sentence: `It never answers '${name}' any more.` }),
    ),
  ]
  if (changes.length > 0 || was.join('\0') === is.join('\0')) return changes
  const sentence = `Probabilities are in the order ${is.join(', ')} now, before ${was.join(', ')}.`
  return [breaking({ about: 'class', name: is.join(', '), change: 'changed', sentence })]
}

function outputChanges(before: readonly string[], after: readonly string[]): SignatureChange[] {
  const added = after
    .filter((name) => !before.includes(name))
    .map((name): SignatureChange => ({
      about: 'output',
      name,
      change: 'added',
      effect: 'wider',
      sentence: `It gives '${name}' besides.`,
    }))
  const removed = before
    .filter((name) => !after.includes(name))
    .map((name) =>
      breaking({
        about: 'output',
        name,
        change: 'removed',
        sentence: `It does not give '${name}' any more.`,
      }),
    )
  return [...added, ...removed]
}
