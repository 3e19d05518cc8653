// What happened to a model, the newest first.
import { useQuery } from '@tanstack/react-query'
import type { EventList, Verdict } from '../../../../src/app/http/registry-api/registry-types.js'
import { Failure } from '../../parts/failure.js'
import type { IconName } from '../../parts/icons.js'
import { Icon } from '../../parts/icon.js'
import { Waiting } from '../../parts/waiting.js'
import { When } from '../../parts/when.js'
import { eventsQuery } from './model-queries.js'
import { VerdictShown } from './verdict.js'

type ModelEvent = EventList['events'][number]

const words: Readonly<Record<ModelEvent['kind'], readonly [IconName, string]>> = {
  'model-created': ['models', 'The model was registered'],
  'model-renamed': ['edit', 'The model was renamed'],
  'model-deleted': ['trash', 'The model was deleted'],
  'version-created': ['file', 'Version # was registered'],
  'version-deleted': ['trash', 'Version # was deleted'],
  'stage-changed': ['flag', 'Version # changed its stage'],
  'alias-set': ['flag', 'An alias was put to version #'],
  'alias-deleted': ['cross', 'An alias was taken away'],
  promoted: ['flag', 'Version # was promoted'],
  'promotion-refused': ['warning', 'The gate refused version #'],
  'rolled-back': ['restore', 'An alias was rolled back to version #'],
  approved: ['check', 'Version # was approved'],
  noted: ['edit', 'A remark on version #'],
}

export function Events({ name }: { readonly name: string }) {
  const { data, error, refetch } = useQuery(eventsQuery(name))
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />
  if (data === undefined) return <Waiting />
  return (
    <ol className="events">
      {data.events.map((event) => (
        <EventShown key={event.eventId} event={event} />
      ))}
    </ol>
  )
}

function EventShown({ event }: { readonly event: ModelEvent }) {
  const [icon, sentence] = words[event.kind]
  const { alias, note, from, to, verdict, forced } = event.details as {
    readonly alias?: string
    readonly note?: string
    readonly from?: number | string | null
    readonly to?: number | string | null
    readonly verdict?: Verdict
    readonly forced?: boolean
  }
  return (
    <li data-kind={event.kind}>
      <span className="event-icon">
        <Icon name={icon} size={14} />
      </span>
      <div>
        <p>
          {sentence.replace('#', String(event.version ?? to ?? ''))}
          {forced === true && ', against its gate'}
          {alias !== undefined && <span className="alias">@{alias}</span>}
          {from !== undefined && from !== null && <span className="none">before: {String(from)}</span>}
        </p>
        {note !== undefined && <blockquote>{note}</blockquote>}
        {verdict?.checks !== undefined && (
          <details>
            <summary>Verdict of the gate</summary>
            <VerdictShown verdict={verdict} />
          </details>
        )}
        <small>
          <When time={event.time} />
          {event.userId !== '' && ` by ${event.userId}`}
        </small>
      </div>
    </li>
  )
}
