// What a file is said to be, by its name. What people read is plain text, as in MLflow, so that a page may show it.

const text = (
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ' +
  'mlmodel mlproject'
).split(' ')

const others: Readonly<Record<string, string>> = {
  bmp: 'image/bmp',
  css: 'text/css',
  gif: 'image/gif',
  gz: 'application/gzip',
  htm: 'text/html',
  html: 'text/html',
  ico: 'image/vnd.microsoft.icon',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  wav: 'audio/x-wav',
  webm: 'video/webm',
  webp: 'image/webp',
  zip: 'application/zip',
}

const types: ReadonlyMap<string, string> = new Map([
  ...text.map((extension) => [extension, 'text/plain'] as const),
  ...Object.entries(others),
])

/** The type of a file, `application/octet-stream` where its name says nothing. */
export function contentTypeOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const extension = name.slice(name.lastIndexOf('.') + 1)
  return types.get(extension.toLowerCase()) ?? 'application/octet-stream'
}
