// Names of columns that transformers make. 'a' = 'b=c' and 'a=b' = 'c' would give the same name: a number sets them apart.

/** The names in order; one that occurred before gets ` (2)`, ` (3)` and so on. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    let free = name
    for (let n = 2; taken.has(free); n++) free = `${name} (${n})`
    taken.add(free)
    return free
  })
}
