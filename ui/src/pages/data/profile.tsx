// A profile, column by column: what a column holds, as a small picture with its figures. Clients log more or less of it.
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { count, percent, plural, shortNumber } from '../../base/format.js'
import { Icon } from '../../parts/icon.js'
import { Section } from '../../parts/section.js'

interface NumberSummary {
  readonly min: number
  readonly max: number
  readonly mean: number
  readonly standardDeviation: number
  readonly quantiles: Readonly<Record<string, number>>
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] }
}

interface ColumnProfile {
  readonly name: string
  readonly type?: string
  readonly kind?: string
  readonly rows?: number
  readonly missing?: number
  readonly distinct?: number
  readonly top?: readonly { readonly value: string | number | boolean; readonly count: number }[]
  readonly numbers?: NumberSummary
  readonly hash?: string
}

interface Profile {
  readonly rowCount?: number
  readonly num_rows?: number
  readonly columns: readonly ColumnProfile[]
  readonly alerts?: readonly { readonly column?: string; readonly message: string }[]
  readonly notes?: readonly string[]
}

export const isProfile = (value: unknown): value is Profile =>
  typeof value === 'object' &&
  value !== null &&
  'columns' in value &&
  Array.isArray(value.columns) &&
  value.columns.every((column: unknown) => typeof (column as ColumnProfile | null)?.name === 'string')

/** Columns from which on there is a box to find one. */
const searchable = 12
/** Values of a column of categories that are drawn. */
const mostTop = 6

export function ProfileShown({ profile }: { readonly profile: Profile }) {
  const [text, setText] = useState('')
  const rows = profile.rowCount ?? profile.num_rows
  const found = profile.columns.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()))
  const detailed = profile.columns.some(
    ({ numbers, top, missing }) => numbers ?? top ?? missing !== undefined,
  )
  return (
    <>
      {(profile.alerts ?? []).length > 0 && <Alerts alerts={profile.alerts!} />}
      <Section
        title="Columns"
        note={`${count(profile.columns.length)}${rows === undefined ? '' : `, ${plural(rows, 'row')}`}`}
        actions={
          profile.columns.length > searchable && (
            <TextInput
              aria-label="Find a column"
              placeholder="Find"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              w={160}
            />
          )
        }
      >
        <div className="table-scroll" tabIndex={0} role="region" aria-label="Columns">
          <table className="table profile">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Kind</th>
                {detailed ? (
                  <>
                    <th scope="col" className="num">
                      Missing
                    </th>
                    <th scope="col" className="num">
                      Distinct
                    </th>
                    <th scope="col">Values</th>
                  </>
                ) : (
                  <th scope="col">Hash</th>
                )}
              </tr>
            </thead>
            <tbody>
              {found.map((column) => (
                <ColumnRow key={column.name} column={column} rows={rows} detailed={detailed} />
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      {(profile.notes ?? []).map((note) => (
        <p key={note} className="section-none">
          {note}
        </p>
      ))}
    </>
  )
}

function Alerts({ alerts }: { readonly alerts: NonNullable<Profile['alerts']> }) {
  return (
    <Section title="Worth a look" note={alerts.length}>
      <ul className="lines">
        {alerts.map(({ message }, i) => (
          <li key={i}>
            <span className="alert-icon">
              <Icon name="warning" size={13} />
            </span>
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

interface ColumnRowProps {
  readonly column: ColumnProfile
  readonly rows: number | undefined
  readonly detailed: boolean
}

function ColumnRow({ column, rows, detailed }: ColumnRowProps) {
  const all = column.rows ?? rows
  const { missing, distinct } = column
  return (
    <tr>
      <th scope="row" className="break">
        {column.name}
      </th>
      <td>{column.kind ?? column.type}</td>
      {detailed ? (
        <>
          <td className="num" title={missing === undefined ? undefined : count(missing)}>
            {missing === undefined || !all ? '–' : missing === 0 ? '0' : percent(missing / all)}
          </td>
          <td className="num">{distinct === undefined ? '–' : count(distinct)}</td>
          <td>
            {column.numbers === undefined ? (
              <Top column={column} rows={all} />
            ) : (
              <Numbers numbers={column.numbers} />
            )}
          </td>
        </>
      ) : (
        <td>
          <code title={column.hash}>{column.hash?.slice(0, 12) ?? '–'}</code>
        </td>
      )}
    </tr>
  )
}

function Numbers({ numbers }: { readonly numbers: NumberSummary }) {
  const { counts } = numbers.histogram
  const most = Math.max(...counts, 1)
  const width = 180 / counts.length
  return (
    <div className="profile-numbers">
      <svg width="180" height="34" role="img" aria-label="Histogram">
        {counts.map((value, i) => (
          <rect
            key={i}
            x={i * width}
            y={34 - (value / most) * 34}
            width={Math.max(1, width - 1)}
            height={(value / most) * 34}
          />
        ))}
      </svg>
      <span>
        {shortNumber(numbers.min)} to {shortNumber(numbers.max)}
        <br />
        <span className="none">
          median {shortNumber(numbers.quantiles['0.5'] ?? NaN)}, mean {shortNumber(numbers.mean)} ±{' '}
          {shortNumber(numbers.standardDeviation)}
        </span>
      </span>
    </div>
  )
}

function Top({ column, rows }: { readonly column: ColumnProfile; readonly rows: number | undefined }) {
  const top = column.top ?? []
  if (top.length === 0) return <span className="none">–</span>
  const most = top[0]!.count
  return (
    <ul className="profile-top">
      {top.slice(0, mostTop).map(({ value, count: number }) => (
        <li key={String(value)}>
          <i style={{ width: `${(number / most) * 100}%` }} />
          <span>{String(value)}</span>
          <small>{rows ? percent(number / rows) : count(number)}</small>
        </li>
      ))}
    </ul>
  )
}
