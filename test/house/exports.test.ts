import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { root } from '../../scripts/paths.mjs'
import { run } from '../../scripts/run.mjs'
import { publicNames } from './public-names.js'

interface Door {
  readonly types: string
  readonly default: string
}

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, Door>>
}
const doors = Object.entries(exports).map(
  ([subpath, door]) => [subpath.replace('.', 'modelwright'), door] as const,
)

it('the names of each subpath are pinned', () => {
  expect(Object.keys(publicNames).toSorted()).toEqual(doors.map(([name]) => name).toSorted())
})

describe('each subpath', () => {
  it.each(doors)('%s has its types and loads', async (name, door) => {
    expect(Object.keys(door)).toEqual(['types', 'default'])
    expect([door.types, door.default].filter((file) => !existsSync(join(root, file)))).toEqual([])
    const module = (await import(pathToFileURL(join(root, door.default)).href)) as object
    expect(Object.keys(module).toSorted().join(' ')).toBe(publicNames[name]?.join(' '))
  })

  it.each(doors)('%s loads no heavy package until it is used', (_, door) => {
    expect(
      staticPackages(door.default).filter((name) => /^(onnxruntime-|@duckdb\/|vega)/.test(name)),
    ).toEqual([])
  })
})

describe('anything else', () => {
  it.each(['modelwright/dist/index.js', 'modelwright/base', 'modelwright/package.json'])(
    '%s is closed',
    async (name) => {
      const { output } = await run(process.execPath, ['--input-type=module', '-e', `await import('${name}')`])
      expect(output).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED')
    },
  )
})

/** Packages that a built module loads at once, through every static import behind it. */
function staticPackages(entry: string): string[] {
  const packages = new Set<string>()
  const visited = new Set<string>()
  const visit = (file: string): void => {
    if (visited.has(file)) return
    visited.add(file)
    for (const specifier of staticImports(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) visit(resolve(dirname(file), specifier))
      else packages.add(specifier)
    }
  }
  visit(join(root, entry))
  return [...packages]
}

function staticImports(code: string): string[] {
  return [...code.matchAll(/^(?:import|export)\b[^'"(]*['"]([^'"]+)['"]/gm)].map((match) => match[1]!)
}
