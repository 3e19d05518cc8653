// The way to an alias: the gate is asked first, its verdict shown, and only then something changes.
import { Button, Modal, Switch, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PromotionAnswer, Verdict } from '../../../../src/app/http/registry-api/registry-types.js'
import { askJson, RequestError } from '../../api/client.js'
import { modelPath } from './model-queries.js'
import { VerdictShown } from './verdict.js'

interface PromoteProps {
  readonly name: string
  readonly version: number
  readonly isNewest: boolean
  readonly close: () => void
}

/** Rows as somebody pastes them: a list of objects. */
function rowsOf(text: string): readonly object[] | undefined {
  if (text.trim() === '') return undefined
  const rows = JSON.parse(text) as unknown
  if (!Array.isArray(rows))
    throw new SyntaxError('expected a list of rows, such as [{"size": 3, "price": 9}]')
  return rows as readonly object[]
}

export function Promote({ name, version, close }: PromoteProps) {
  const [alias, setAlias] = useState('champion')
  const [note, setNote] = useState('')
  const [force, setForce] = useState(false)
  const [data, setData] = useState('')
  const { assess, promote, verdict } = usePromotion(name, close)
  const refused = verdict !== undefined && !verdict.passed
  const body = (): object => {
    const rows = rowsOf(data)
    return {
      version,
      alias,
      ...(rows !== undefined && { data: { rows } }),
      ...(note.trim() !== '' && { note: note.trim() }),
    }
  }
  const error = assess.error ?? promote.error
  return (
    <Modal
      opened
      onClose={close}
      title={`Promote version ${version} of ${name}`}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          promote.mutate(() => ({ ...body(), ...(force && { force }) }))
        }}
      >
        <TextInput
          label="Alias"
          description="The name that services follow. The version that has it now must be beaten."
          value={alias}
          onChange={(event) => setAlias(event.currentTarget.value)}
          data-autofocus
        />
        <details>
          <summary>Judge on other rows</summary>
          <Textarea
            aria-label="Rows with their target, as JSON"
            description="Without any, the rows decide that the run of this version kept for judging."
            placeholder='[{"size": 120, "city": "Bern", "price": 310}, …]'
            value={data}
            onChange={(event) => setData(event.currentTarget.value)}
            rows={4}
            spellCheck={false}
            classNames={{ input: 'filter-input' }}
          />
        </details>
        <Textarea
          label="Note"
          description="Stands in the record beside the verdict."
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          rows={2}
        />
        {verdict !== undefined && <VerdictShown verdict={verdict} />}
        {error !== null && verdictIn(error) === undefined && (
          <p role="alert" className="fault">
            {error.message}
          </p>
        )}
        {refused && (
          <Switch
            label="Promote all the same, against the gate. The note says why."
            checked={force}
            onChange={(event) => setForce(event.currentTarget.checked)}
          />
        )}
        <div className="form-actions">
          <Button
            type="submit"
            loading={promote.isPending}
            disabled={refused && (!force || note.trim() === '')}
            {...(force && { color: 'red' })}
          >
            {force ? 'Promote against the gate' : 'Promote'}
          </Button>
          <Button variant="default" loading={assess.isPending} onClick={() => assess.mutate(body)}>
            Ask the gate
          </Button>
          <Button variant="subtle" color="gray" onClick={close}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  )
}

/** Bodies come as functions: what was pasted may be no JSON, which is an error like others. */
type Body = () => object

function usePromotion(name: string, close: () => void) {
  const queries = useQueryClient()
  const [verdict, setVerdict] = useState<Verdict>()
  const assess = useMutation({
    mutationFn: async (body: Body) =>
      askJson<Verdict>(`${modelPath(name)}/assess`, { method: 'POST', body: body() }),
    onSuccess: setVerdict,
  })
  const promote = useMutation({
    mutationFn: async (body: Body) =>
      askJson<PromotionAnswer>(`${modelPath(name)}/promote`, { method: 'POST', body: body() }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['model', name] })
      close()
    },
    // The refusal is on record too.
    onError(error) {
      setVerdict(verdictIn(error))
      void queries.invalidateQueries({ queryKey: ['model', name, 'events'] })
    },
  })
  return { assess, promote, verdict }
}

const verdictIn = (error: Error): Verdict | undefined =>
  error instanceof RequestError ? (error.details['verdict'] as Verdict | undefined) : undefined
