// What can be done with the runs that are selected.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from 'wouter'
import { askJson } from '../../api/client.js'
import { plural } from '../../base/format.js'
import { searchOf } from '../../base/url-state.js'
import { Icon } from '../../parts/icon.js'
import { mostCompared, type Selection } from './use-selection.js'

interface SelectionBarProps {
  readonly selection: Selection
  readonly deleted: boolean
  readonly again: () => void
}

export function SelectionBar({ selection, deleted, again }: SelectionBarProps) {
  const runIds = [...selection.selected]
  const verb = deleted ? 'restore' : 'delete'
  const change = useMutation({
    mutationFn: () => askJson(`/api/v1/runs/${verb}`, { method: 'POST', body: { runIds } }),
    onSuccess() {
      selection.clear()
      again()
    },
  })
  if (runIds.length === 0) return null
  return (
    <div className="selection" role="region" aria-label="Selected runs">
      <strong aria-live="polite">{plural(runIds.length, 'run')} selected</strong>
      {!deleted && (
        <Button
          component={Link}
          to={`/compare${searchOf({ runs: runIds.slice(0, mostCompared) })}`}
          leftSection={<Icon name="compare" size={14} />}
        >
          {runIds.length > mostCompared ? `Compare the first ${mostCompared}` : 'Compare'}
        </Button>
      )}
      <Button
        variant="default"
        loading={change.isPending}
        leftSection={<Icon name={deleted ? 'restore' : 'trash'} size={14} />}
        onClick={() => change.mutate()}
      >
        {deleted ? 'Restore' : 'Delete'}
      </Button>
      <Button variant="subtle" color="gray" onClick={selection.clear}>
        Clear
      </Button>
      {change.error !== null && <span role="alert">{change.error.message}</span>}
    </div>
  )
}
