// Under what circumstances a run came about: code, versions, machine, command.
import { useQuery } from '@tanstack/react-query'
import type { RunDetail } from '../../../../src/app/http/api/page-types.js'
import { bytes } from '../../base/format.js'
import { Facts, Section } from '../../parts/section.js'
import { Copy } from '../../parts/copy.js'
import { artifactsQuery, fileQuery } from './artifact-queries.js'

/** Where trackers keep what they found out. */
const fileName = 'environment.json'

export function Environment({ run, hasFiles }: { readonly run: RunDetail; readonly hasFiles: boolean }) {
  const saved = useSavedEnvironment(run.runId, hasFiles)
  const own = Object.entries(run.tags)
    .filter(
      ([key]) =>
        (key.startsWith('mlflow.') || key.startsWith('modelwright.')) && key !== 'mlflow.note.content',
    )
    .toSorted(([a], [b]) => a.localeCompare(b))
  return (
    <div className="run-grid">
      <div className="run-column">
        {saved.map(({ title, facts }) => (
          <Section key={title} title={title}>
            <div className="section-body">
              <Facts facts={facts} />
            </div>
          </Section>
        ))}
        {saved.length === 0 && (
          <p className="section-none">This run kept no file about its machine and packages.</p>
        )}
      </div>
      <div className="run-column">
        <Section title="The run">
          <div className="section-body">
            <Facts
              facts={[
                ['Id', <CopiedText key="id" text={run.runId} />],
                ['Experiment', run.experimentName],
                ['User', run.userId || '–'],
                ['Files', <CopiedText key="files" text={run.artifactUri} />],
              ]}
            />
          </div>
        </Section>
        <Section title="Tags of the clients" note={own.length}>
          <div className="section-body">
            <Facts facts={own.map(([key, value]) => [key, value] as const)} />
          </div>
        </Section>
      </div>
    </div>
  )
}

const CopiedText = ({ text }: { readonly text: string }) => (
  <>
    <code>{text}</code> <Copy text={text} what="it" />
  </>
)

interface Part {
  readonly title: string
  readonly facts: readonly (readonly [string, string])[]
}

function useSavedEnvironment(runId: string, hasFiles: boolean): readonly Part[] {
  const list = useQuery({ ...artifactsQuery(runId, ''), enabled: hasFiles })
  const path = list.data?.entries.find((entry) => entry.path.endsWith(fileName))?.path
  const { data } = useQuery({
    queryKey: ['environment', runId, path],
    queryFn: async ({ client }) => {
      const text = await (await client.fetchQuery(fileQuery(runId, path!))).blob?.text()
      return partsOf(JSON.parse(text ?? '{}') as object)
    },
    enabled: path !== undefined,
    staleTime: Infinity,
  })
  return data ?? []
}

/** Objects in it become parts, all else stands together. */
function partsOf(environment: object): readonly Part[] {
  const entries = Object.entries(environment)
  const isPart = (value: unknown): value is object => typeof value === 'object' && value !== null
  const general = entries
    .filter(([, value]) => !isPart(value))
    .map(([key, value]) => [key, String(value)] as const)
  const parts = entries
    .filter(([, value]) => isPart(value))
    .map(([title, value]) => ({ title: capital(title), facts: flat(value as object) }))
  return [...(general.length > 0 ? [{ title: 'General', facts: general }] : []), ...parts]
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function flat(value: object, prefix = ''): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null
      ? flat(inner as object, `${prefix}${key} `)
      : [
          [
            `${prefix}${key}`,
            key === 'memory' && typeof inner === 'number' ? bytes(inner) : String(inner),
          ] as const,
        ],
  )
}
