// What differs between two versions: what they take, how good they were, how they were made.
import { Select, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type {
  ModelData,
  VersionData,
  VersionDiff,
} from '../../../../src/app/http/registry-api/registry-types.js'
import { shortNumber } from '../../base/format.js'
import { useUrlState } from '../../base/url-state.js'
import { Failure } from '../../parts/failure.js'
import { Icon } from '../../parts/icon.js'
import { Section } from '../../parts/section.js'
import { Mark } from '../../parts/status-badge.js'
import { Waiting } from '../../parts/waiting.js'
import { diffQuery } from './model-queries.js'

interface DiffProps {
  readonly model: ModelData
  readonly versions: readonly VersionData[]
}

export function Diff({ model, versions }: DiffProps) {
  const url = useUrlState()
  const known = (text: string | undefined) =>
    versions.find(({ version }) => String(version) === text)?.version
  const b = known(url.text('b')) ?? versions[0]?.version
  const a = known(url.text('a')) ?? model.aliases['champion'] ?? versions[1]?.version
  if (versions.length < 2 || a === undefined || b === undefined)
    return <p className="section-none">There is only one version. A difference needs two.</p>
  const choice = (name: 'a' | 'b', value: number) => (
    <Select
      aria-label={name === 'a' ? 'First version' : 'Second version'}
      data={versions.map(({ version, aliases }) => ({
        value: String(version),
        label: `Version ${version}${aliases.map((alias) => ` @${alias}`).join('')}`,
      }))}
      value={String(value)}
      onChange={(given) => url.set({ [name]: given ?? undefined })}
      allowDeselect={false}
      w={210}
    />
  )
  return (
    <div className="run-column">
      <div className="chart-tools">
        {choice('a', a)}
        <Icon name="right" />
        {choice('b', b)}
        <Switch
          label="Only what differs"
          checked={!url.flag('all')}
          onChange={(event) => url.set({ all: event.currentTarget.checked ? undefined : '1' })}
        />
      </div>
      {a === b ? (
        <p className="section-none">These are the same version. Choose another one.</p>
      ) : (
        <DiffShown name={model.name} a={a} b={b} all={url.flag('all')} />
      )}
    </div>
  )
}

interface DiffShownProps {
  readonly name: string
  readonly a: number
  readonly b: number
  readonly all: boolean
}

function DiffShown({ name, a, b, all }: DiffShownProps) {
  const { data, error, refetch } = useQuery(diffQuery(name, a, b))
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  return (
    <>
      <SignatureDiff signature={data.signature} />
      <Entries
        title="Scores"
        note="on the test parts of their trainings, which may be other rows"
        entries={data.metrics}
        {...{ a, b, all }}
      />
      <Entries title="Parameters" entries={data.parameters} {...{ a, b, all }} />
      <Entries title="Data" entries={data.data} {...{ a, b, all }} />
      <Entries title="Environment" entries={data.environment} {...{ a, b, all }} />
    </>
  )
}

const verdicts = {
  compatible: ['Compatible', 'good'],
  wider: ['Wider', 'busy'],
  breaking: ['Breaking', 'bad'],
} as const

function SignatureDiff({ signature }: { readonly signature: VersionDiff['signature'] }) {
  if (signature === undefined)
    return (
      <p className="section-none">
        What one of them takes is not known, so it cannot be said whether callers may change over.
      </p>
    )
  const [word, tone] = verdicts[signature.verdict]
  return (
    <Section title="Signature" note={<Mark tone={tone}>{word}</Mark>}>
      <p className="section-body">{signature.sentence}</p>
      {signature.changes.length > 0 && (
        <ul className="lines">
          {signature.changes.map(({ about, name, sentence, effect }) => (
            <li key={`${about} ${name}`}>
              <Mark tone={verdicts[effect][1]}>{verdicts[effect][0]}</Mark>
              <span>{sentence}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

interface EntriesProps extends Omit<DiffShownProps, 'name'> {
  readonly title: string
  readonly note?: string
  readonly entries: VersionDiff['metrics'] | VersionDiff['parameters']
}

function Entries({ title, note, entries, a, b, all }: EntriesProps) {
  const shown = entries.filter(({ same }) => all || !same)
  if (entries.length === 0) return null
  return (
    <Section title={title} note={shown.length === 0 ? 'the same' : note}>
      {shown.length > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={title}>
          <table className="table diff">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Version {a}</th>
                <th scope="col">Version {b}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((entry) => (
                <tr key={entry.name} data-differs={!entry.same}>
                  <th scope="row">{entry.name}</th>
                  <td className="break">{said(entry.a)}</td>
                  <td className="break">
                    {said(entry.b)}
                    <Change a={entry.a} b={entry.b} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  )
}

const said = (value: string | number | undefined): string =>
  value === undefined ? '–' : typeof value === 'number' ? shortNumber(value) : value

function Change({
  a,
  b,
}: {
  readonly a: string | number | undefined
  readonly b: string | number | undefined
}) {
  if (typeof a !== 'number' || typeof b !== 'number' || a === b) return null
  return (
    <small className="change">
      {b > a ? '+' : '−'}
      {shortNumber(Math.abs(b - a))}
    </small>
  )
}
