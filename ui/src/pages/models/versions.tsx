// Versions of a model on the left, one of them on the right: where it came from, what it takes, and its way to an alias.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { ModelData, VersionData } from '../../../../src/app/http/registry-api/registry-types.js'
import { inPath } from '../../api/queries.js'
import { shortNumber } from '../../base/format.js'
import { searchOf, useUrlState } from '../../base/url-state.js'
import { Icon } from '../../parts/icon.js'
import { Facts, Section } from '../../parts/section.js'
import { When } from '../../parts/when.js'
import { Promote } from './promote.js'
import { Rollback } from './rollback.js'

interface VersionsProps {
  readonly model: ModelData
  readonly versions: readonly VersionData[]
}

export function Versions({ model, versions }: VersionsProps) {
  const url = useUrlState()
  const wanted = Number(url.text('version'))
  const version = versions.find((each) => each.version === wanted) ?? versions[0]
  if (version === undefined)
    return (
      <p className="section-none">This model has no version yet. Register one from a run or from a bundle.</p>
    )
  return (
    <div className="files">
      <Section title="Versions" note={versions.length}>
        <ul className="tree versions">
          {versions.map((each) => (
            <li key={each.version}>
              <button
                type="button"
                aria-current={each === version ? 'true' : undefined}
                onClick={() => url.set({ version: String(each.version) })}
              >
                <strong>{each.version}</strong>
                {each.aliases.map((alias) => (
                  <span key={alias} className="alias">
                    @{alias}
                  </span>
                ))}
                <small>
                  <When time={each.creationTime} />
                </small>
              </button>
            </li>
          ))}
        </ul>
      </Section>
      <VersionShown key={version.version} model={model} version={version} versions={versions} />
    </div>
  )
}

function VersionShown({ model, version, versions }: VersionsProps & { readonly version: VersionData }) {
  const [promoting, setPromoting] = useState(false)
  const champion = model.aliases['champion']
  const other = champion !== undefined && champion !== version.version ? champion : undefined
  return (
    <div className="run-column">
      <Section
        title={`Version ${version.version}`}
        actions={
          <>
            {other !== undefined && (
              <Button
                component={Link}
                to={`/models/${inPath(model.name)}${searchOf({ tab: 'diff', a: String(other), b: String(version.version) })}`}
                variant="default"
                leftSection={<Icon name="compare" size={14} />}
              >
                Against the champion
              </Button>
            )}
            {version.aliases.map((alias) => (
              <Rollback key={alias} name={model.name} alias={alias} />
            ))}
            {champion !== version.version && (
              <Button leftSection={<Icon name="flag" size={14} />} onClick={() => setPromoting(true)}>
                Promote
              </Button>
            )}
          </>
        }
      >
        <div className="section-body">
          <Facts facts={factsOf(version)} />
        </div>
      </Section>
      <Scores version={version} />
      <Signature version={version} />
      {promoting && (
        <Promote
          name={model.name}
          version={version.version}
          isNewest={versions[0]?.version === version.version}
          close={() => setPromoting(false)}
        />
      )}
    </div>
  )
}

function factsOf(version: VersionData) {
  const { lineage } = version
  const code = lineage?.code
  return [
    ['Registered', <When key="time" time={version.creationTime} />],
    ...(version.userId === '' ? [] : [['By', version.userId] as const]),
    ...(version.runId === undefined
      ? []
      : [
          [
            'Made by',
            <Link key="run" to={`/runs/${inPath(version.runId)}`}>
              {lineage?.run?.name ?? `run ${version.runId.slice(0, 8)}`}
            </Link>,
          ] as const,
        ]),
    ...(lineage === undefined
      ? []
      : ([
          ['Model', lineage.bundle.model],
          [
            'Learned from',
            `${lineage.data.rows.toLocaleString('en-US')} rows of ${lineage.data.columns} columns`,
          ],
          ['Data', <code key="data">{lineage.data.hash.slice(0, 16)}</code>],
        ] as const)),
    ...(code === undefined
      ? []
      : [['Code', `${code.commit.slice(0, 12)}${code.dirty === true ? ', with changes' : ''}`] as const]),
    ...(lineage?.parent === undefined ? [] : [['Follows', `version ${lineage.parent}`] as const]),
    ['Source', version.source],
    ...(version.description === '' ? [] : [['Description', version.description] as const]),
    ...Object.entries(version.tags).map(([key, value]) => [key, value] as const),
  ] as const
}

function Scores({ version }: { readonly version: VersionData }) {
  const scores = Object.entries(version.lineage?.bundle.scores ?? {})
  if (scores.length === 0) return null
  return (
    <Section title="Scores" note="on the test part of its training">
      <ul className="scores">
        {scores.map(([name, value]) => (
          <li key={name}>
            <small>{name}</small>
            <b title={String(value)}>{shortNumber(Number(value))}</b>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Signature({ version }: { readonly version: VersionData }) {
  const { signature } = version
  if (signature === undefined)
    return (
      <p className="section-none">
        What this version takes and gives is not known: it is no bundle of Modelwright.
      </p>
    )
  return (
    <Section title="Signature" note={`predicts ${signature.target}, ${signature.task}`}>
      <div className="table-scroll is-tall" tabIndex={0} role="region" aria-label="Columns that it takes">
        <table className="table">
          <tbody>
            {signature.inputs.map(({ name, type }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <code>{type}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {signature.classes.length > 0 && (
        <p className="section-none">Classes: {signature.classes.map(String).join(', ')}</p>
      )}
    </Section>
  )
}
