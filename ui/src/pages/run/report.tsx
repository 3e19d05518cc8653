// The report that a training wrote, as it is, in a frame that may do nothing.
import { useQuery } from '@tanstack/react-query'
import type { ArtifactEntry } from '../../../../src/app/http/api/page-types.js'
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
  const rootEntries = root.data?.entries ?? []
  const folder = modelFolder(rootEntries)
  const inside = useQuery({ ...artifactsQuery(runId, folder ?? ''), enabled: folder !== undefined })
  const found = [...rootEntries, ...(inside.data?.entries ?? [])].find(isReport)?.path
  const known = root.data !== undefined && (folder === undefined || inside.data !== undefined)
  return { data: found ?? (known ? null : undefined), error: root.error ?? inside.error }
}

const isReport = ({ path }: ArtifactEntry): boolean => path === reportName || path.endsWith(`/${reportName}`)

/** The folder in which a model is, as trackers name it. */
function modelFolder(entries: readonly ArtifactEntry[]): string | undefined {
  const folders = entries.filter(({ directory }) => directory).map(({ path }) => path)
  return folders.find((path) => /bundle|model/.test(path)) ?? folders[0]
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
