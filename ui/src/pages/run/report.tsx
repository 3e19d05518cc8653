// The report that a training wrote, as it is, in a frame that may do nothing.
import { useQuery } from '@tanstack/react-query'
import { Empty, Snippet } from '../../parts/empty.js'
import { Failure } from '../../parts/failure.js'
import { Waiting } from '../../parts/waiting.js'
import { artifactsQuery, fileQuery } from './artifact-queries.js'
import { Page } from './preview.js'

/** Bytes: a report is one file with its plots in it, of a megabyte or two. */
const mostReport = 30 * 2 ** 20
/** Where it may be: beside the model, as a bundle has it, or by itself. */
const reportName = 'report.html'

export function Report({ runId }: { readonly runId: string }) {
  const { data: path, error } = useReportPath(runId)
  if (error !== null) return <Failure error={error} />
  if (path === undefined) return <Waiting />
  if (path === null)
    return (
      <Empty icon="chart" title="No report">
        <p>A training on the command line writes one and keeps it with its run.</p>
        <Snippet label="Command line">npx modelwright train data.csv --target price</Snippet>
      </Empty>
    )
  return <ReportShown runId={runId} path={path} />
}

function useReportPath(runId: string) {
  const root = useQuery(artifactsQuery(runId, ''))
  const folders = root.data?.entries.filter(({ directory }) => directory).map(({ path }) => path) ?? []
  const inside = useQuery({
    ...artifactsQuery(runId, folders.find((folder) => /bundle|model/.test(folder)) ?? folders[0] ?? ''),
    enabled: root.data !== undefined && folders.length > 0,
  })
  const all = [...(root.data?.entries ?? []), ...(inside.data?.entries ?? [])]
  const found = all.find(({ path }) => path === reportName || path.endsWith(`/${reportName}`))?.path
  const known = root.data !== undefined && (folders.length === 0 || inside.data !== undefined)
  return { data: found ?? (known ? null : undefined), error: root.error ?? inside.error }
}

function ReportShown({ runId, path }: { readonly runId: string; readonly path: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['report', runId, path],
    queryFn: async ({ client }) => (await client.fetchQuery(fileQuery(runId, path, mostReport))).blob?.text(),
  })
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  return (
    <div className="section">
      <Page html={data} title="Report" />
    </div>
  )
}
