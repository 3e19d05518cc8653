// Addresses of files in a FileStore and here: MLflow's name the place where its folder once was, ours the artifacts of the store.
import { orNone } from '../../../base/index.js'
import { type ArtifactPlace, placeOfUri } from '../../artifacts/index.js'
import type { Store } from '../../store/index.js'
import { folders } from './layout.js'

/**
 * The address here of files that came in with a run or a logged model: whatever stands before `<id>/artifacts/`, their ids say which.
 * Undefined for files of nobody that is here.
 */
export async function addressHere(store: Store, address: string): Promise<string | undefined> {
  const model = /^models:\/+([\w-]+)$/.exec(address)?.[1]
  const parts = model === undefined ? pathOf(address).split('/') : [folders.models, model, folders.artifacts]
  for (const [i, part] of parts.entries()) {
    if (part !== folders.artifacts || i === 0) continue
    const id = parts[i - 1]!
    const owner =
      parts[i - 2] === folders.models ? await store.loggedModels.find(id) : await orNone(store.runs.get(id))
    if (owner === undefined) continue
    const found = [owner.artifactUri, ...parts.slice(i + 1)].join('/').replace(/\/+$/, '')
    return isPlain(found) ? found : undefined
  }
  return undefined
}

/** The path of an address; nothing for those that are no paths. */
function pathOf(address: string): string {
  if (/^(?:runs|models):/i.test(address)) return ''
  try {
    return /^file:/i.test(address) ? decodeURIComponent(address) : address
  } catch {
    return ''
  }
}

function isPlain(uri: string): boolean {
  try {
    return placeOfUri(uri) !== undefined
  } catch {
    return false
  }
}

/** Where files went, by the place that they have here. */
export interface Addresses {
  add(place: ArtifactPlace, address: string): void
  /** The address of files at a place, or below one. */
  find(place: ArtifactPlace): string | undefined
}

export function addresses(): Addresses {
  const known = new Map<string, string>()
  const keyOf = (root: string, parts: readonly string[]): string => [root, ...parts].join('/')
  const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '')
  return {
    add: ({ root, path }, address) => void known.set(keyOf(root, partsOf(path)), address),
    find({ root, path }) {
      const parts = partsOf(path)
      for (let length = parts.length; length >= 0; length--) {
        const address = known.get(keyOf(root, parts.slice(0, length)))
        if (address !== undefined) return [address, ...parts.slice(length)].join('/')
      }
      return undefined
    },
  }
}
