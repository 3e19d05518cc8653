// Command lines and addresses without what is secret in them.

/** Words in the name of an option whose value nobody else may read. */
const secretName =
  /(pass(word|wd|phrase)?|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|auth(orization)?|bearer|cookie|session)/i

const hidden = '***'

/** An address without user and password, and without parameters that hold secrets. */
export const redactUrl = (text: string): string =>
  text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*(?::[^\s/]*)?@/gi, '$1')
    .replace(/([?&;])([^=&\s]+)=([^&\s]*)/g, (whole, sign: string, name: string) =>
      secretName.test(name) || /^(sig|signature|key|x-amz-.*)$/i.test(name)
        ? `${sign}${name}=${hidden}`
        : whole,
    )

/** Forms by which keys are known whatever stands before them: AWS, GitHub, OpenAI and such, JSON web tokens. */
const knownKeys =
  /\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|sk-[A-Za-z0-9_-]{16,}|xox[baprs]-[\w-]{10,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g

/** A header of HTTP, as programs take them. */
const header = /^((?:proxy-)?authorization:|cookie:|x-api-key:)\s.*$/i

/** Arguments of a command line, each secret replaced by `***`. */
export function redactArguments(args: readonly string[]): string[] {
  let hideNext = false
  return args.map((arg) => {
    if (hideNext && !arg.startsWith('-')) {
      hideNext = false
      return hidden
    }
    const option = /^(--?[\w.-]+|[\w.-]+)=/.exec(arg)?.[1]
    hideNext = option === undefined && arg.startsWith('-') && secretName.test(arg)
    if (option !== undefined && secretName.test(option)) return `${option}=${hidden}`
    return redactUrl(arg).replace(knownKeys, hidden).replace(header, `$1 ${hidden}`)
  })
}

/** A word as a shell reads it back. */
const shellWord = (text: string): string =>
  /^[\w./:@%+=,*-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** Arguments as a line to be typed again. */
export const commandLine = (args: readonly string[]): string => redactArguments(args).map(shellWord).join(' ')
