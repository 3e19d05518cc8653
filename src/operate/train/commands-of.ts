// The command that does it again, as it would be typed.
import { relative } from 'node:path'
import { type TrainSettings, trainSettings } from './train-options.js'

/** Shell words: quoted where needed. */
const word = (text: string): string =>
  /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** A name of a list separated by commas. */
const listed = (name: string): string => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)

/** Options whose flag is not their name in kebab-case, or that are no flags. */
const notFlags = new Set(['source', 'target', 'time'])

/** Commands that repeat a job: by its options, and by its recipe without a clock. */
export function commandsOf(settings: TrainSettings, out: string): string[] {
  const source = settings.source === null ? '' : ` ${word(settings.source)}`
  const flags = Object.entries(settings).flatMap(([name, value]) => {
    const declared = trainSettings.specs[name as keyof TrainSettings].default
    if (notFlags.has(name) || value === null || JSON.stringify(value) === JSON.stringify(declared)) return []
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    return [`--${flag} ${word(Array.isArray(value) ? value.map(listed).join(',') : String(value))}`]
  })
  const bundle = word(relative('', out))
  return [
    `modelwright train${source} --target ${word(settings.target)} --time ${settings.time}s --seed ${settings.seed}${flags
      .filter((flag) => !flag.startsWith('--seed'))
      .map((flag) => ` ${flag}`)
      .join('')}`,
    `modelwright train --recipe ${bundle} --out ${bundle}-again`,
  ]
}
