// A look into a file: pictures, tables, plots, pages in a frame that may do nothing, texts.
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useState } from 'react'
import { bytes } from '../../base/format.js'
import { Failure } from '../../parts/failure.js'
import { Waiting } from '../../parts/waiting.js'
import { fileQuery } from './artifact-queries.js'
import { CsvTable } from './csv-table.js'

const VegaPlot = lazy(async () => ({ default: (await import('../../charts/vega-plot.js')).VegaPlot }))

type PreviewKind = 'picture' | 'page' | 'table' | 'json' | 'text' | 'none'

const kinds: readonly (readonly [RegExp, PreviewKind])[] = [
  [/\.(png|jpe?g|gif|webp|bmp|ico|svg)$/i, 'picture'],
  [/\.html?$/i, 'page'],
  [/\.(csv|tsv)$/i, 'table'],
  [/\.(json|ipynb|geojson|jsonl)$/i, 'json'],
  [
    /\.(txt|log|md|ya?ml|toml|ini|cfg|conf|py|[cm]?[jt]sx?|sql|sh|r|xml|rst|env|lock|MLmodel)$|(^|\/)(MLmodel|Dockerfile|LICENSE|README)$/i,
    'text',
  ],
]

const kindOf = (path: string): PreviewKind => kinds.find(([pattern]) => pattern.test(path))?.[1] ?? 'none'

interface FileProps {
  readonly runId: string
  readonly path: string
}

export function Preview({ runId, path }: FileProps) {
  const kind = kindOf(path)
  if (kind === 'none')
    return (
      <p className="section-none">There is no preview of files of this kind. Download it to look into it.</p>
    )
  return <Loaded runId={runId} path={path} kind={kind} />
}

function Loaded({ runId, path, kind }: FileProps & { readonly kind: PreviewKind }) {
  const { data, error, refetch } = useQuery(fileQuery(runId, path))
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting rows={5} />
  if (data.blob === undefined)
    return (
      <p className="section-none">The file has {bytes(data.size)}, too much for a preview. Download it.</p>
    )
  if (kind === 'picture') return <Picture blob={data.blob} name={path} />
  return <Text blob={data.blob} kind={kind} path={path} />
}

function Picture({ blob, name }: { readonly blob: Blob; readonly name: string }) {
  const [source, setSource] = useState<string>()
  const [broken, setBroken] = useState(false)
  useEffect(() => {
    const url = URL.createObjectURL(blob)
    setSource(url)
    return () => URL.revokeObjectURL(url)
  }, [blob])
  // As a picture an SVG file runs no script and loads nothing.
  if (broken)
    return <p className="section-none">The file is no picture that a browser can show. Download it.</p>
  return source === undefined ? null : (
    <img className="preview-picture" src={source} alt={name} onError={() => setBroken(true)} />
  )
}

interface TextProps {
  readonly blob: Blob
  readonly kind: PreviewKind
  readonly path: string
}

function Text({ blob, kind, path }: TextProps) {
  const { data: text } = useQuery({
    queryKey: ['text', path, blob.size, blob],
    queryFn: () => blob.text(),
    staleTime: Infinity,
    gcTime: 0,
  })
  if (text === undefined) return null
  if (kind === 'page') return <Page html={text} title={path} />
  if (kind === 'table') return <CsvTable text={text} />
  if (kind === 'json') return <Json text={text} />
  return <Lines text={text} />
}

/** Without `allow-scripts` and of an origin of its own: what is in it may be anybody's. */
export function Page({ html, title }: { readonly html: string; readonly title: string }) {
  return <iframe className="preview-frame" sandbox="" srcDoc={html} title={title} />
}

function Lines({ text }: { readonly text: string }) {
  return (
    <pre className="preview-text" tabIndex={0}>
      {text === '' ? 'The file is empty.' : text}
    </pre>
  )
}

function Json({ text }: { readonly text: string }) {
  const value = parsed(text)
  if (isPlot(value)) {
    return (
      <Suspense fallback={<Waiting rows={6} />}>
        <VegaPlot spec={value} />
      </Suspense>
    )
  }
  // Numbers of so many digits would come out as others.
  const exact = value === undefined || /(?<![\d.])\d{16}/.test(text)
  return <Lines text={exact ? text : JSON.stringify(value, undefined, 2)} />
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const isPlot = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  '$schema' in value &&
  /\/vega(-lite)?\//.test(String(value.$schema))
