// Builds the page into the package, beside the compiled sources; scripts/build.mjs runs it.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  // Where app/http/page serves it.
  base: '/ui/',
  plugins: [react()],
  build: {
    outDir: '../dist/ui',
    emptyOutDir: true,
    target: 'es2022',
    // Files, never data: addresses or scripts in the page: the content policy forbids both.
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
