// Runs before the first paint, so that a dark page does not flash white. The key is Mantine's own.
;(() => {
  let chosen = 'auto'
  try {
    chosen = localStorage.getItem('mantine-color-scheme-value') ?? 'auto'
  } catch {
    // Storage may be forbidden: then the system's choice holds.
  }
  const dark = chosen === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark'
  document.documentElement.dataset.mantineColorScheme = dark ? 'dark' : 'light'
})()
// The table of runs asks for its columns first: the answer can be on its way while the program is still being read.
if (/^\/ui\/(runs\/?)?$/.test(location.pathname)) {
  const wanted = new URLSearchParams(location.search).get('experiments') ?? ''
  const link = document.createElement('link')
  Object.assign(link, { rel: 'preload', as: 'fetch', crossOrigin: 'anonymous' })
  link.href = `/api/v1/runs/columns?experiments=${wanted.split(',').filter(Boolean).map(encodeURIComponent).join(',')}`
  document.head.append(link)
}
