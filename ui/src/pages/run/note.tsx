// The note of a run: plain text, where MLflow's clients keep theirs.
import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'
import type { RunDetail } from '../../../../src/app/http/api/page-types.js'
import { Section } from '../../parts/section.js'
import { useRunEdit } from './use-run-edit.js'

const noteTag = 'mlflow.note.content'

export function Note({ run }: { readonly run: RunDetail }) {
  const [draft, setDraft] = useState<string>()
  const edit = useRunEdit(run.runId)
  const text = run.tags[noteTag] ?? ''
  const editable = run.lifecycleStage === 'active'
  if (draft === undefined) {
    return (
      <Section
        title="Note"
        actions={
          editable && (
            <Button variant="subtle" size="compact-xs" onClick={() => setDraft(text)}>
              {text === '' ? 'Write' : 'Edit'}
            </Button>
          )
        }
      >
        {text === '' ? (
          <p className="section-none">What should others know of this run?</p>
        ) : (
          <p className="section-body note">{text}</p>
        )}
      </Section>
    )
  }
  const close = (): void => setDraft(undefined)
  return (
    <Section title="Note">
      <form
        className="section-body form"
        onSubmit={(event) => {
          event.preventDefault()
          edit.mutate({ note: draft }, { onSuccess: close })
        }}
      >
        <Textarea
          aria-label="Note"
          value={draft}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') close()
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
              event.currentTarget.form?.requestSubmit()
          }}
          rows={5}
          maxLength={8000}
          error={edit.error?.message}
          autoFocus
        />
        <div className="form-actions">
          <Button type="submit" loading={edit.isPending}>
            Save
          </Button>
          <Button variant="subtle" color="gray" onClick={close}>
            Cancel
          </Button>
        </div>
      </form>
    </Section>
  )
}
