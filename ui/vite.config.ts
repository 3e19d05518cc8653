// Builds the page into the package, beside the compiled sources; scripts/build.mjs runs it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

export default defineConfig({
  // Where app/http/page serves it.
  base: '/ui/',
  plugins: [react(), licenses()],
  build: {
    outDir: '../dist/ui',
    emptyOutDir: true,
    target: 'es2022',
    // Files, never addresses that hold their data: the content policy knows those for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Vega is large, lazy, and known to be.
    chunkSizeWarningLimit: 1000,
  },
  server: {
    // `npx vite ui` beside a server that runs.
    proxy: { '/api': process.env['MODELWRIGHT_SERVER'] ?? 'http://127.0.0.1:5000' },
  },
})

/** Whose code is in the page, and on what terms: their licenses ask that these words go with it. */
function licenses(): Plugin {
  return {
    name: 'licenses',
    generateBundle(_options, bundle) {
      const folders = new Set<string>()
      for (const part of Object.values(bundle)) {
        if (part.type !== 'chunk') continue
        for (const id of part.moduleIds) {
          const found = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replaceAll('\\', '/'))?.[0]
          if (found !== undefined) folders.add(found.replace(/^\0/, ''))
        }
      }
      const source = [...folders]
        .filter((folder) => existsSync(join(folder, 'package.json')))
        .toSorted()
        .map(termsOf)
        .join('\n\n')
      this.emitFile({ type: 'asset', fileName: 'LICENSE', source })
    },
  }
}

function termsOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string
    readonly version: string
    readonly license?: string
  }
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  const text =
    file === undefined
      ? `Licensed under ${license ?? 'unknown terms'}.`
      : readFileSync(join(folder, file), 'utf8')
  return `${name} ${version}\n\n${text.trim()}\n`
}
