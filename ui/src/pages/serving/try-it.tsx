// A form made from what a version takes, and what it answers.
import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { ServedModels } from '../../../../src/app/http/api/page-types.js'
import { askJson } from '../../api/client.js'
import { inPath } from '../../api/queries.js'
import { useUrlState } from '../../base/url-state.js'
import { Icon } from '../../parts/icon.js'
import { Section } from '../../parts/section.js'
import { Answer, type PredictAnswer } from './answer.js'

type ServedModel = ServedModels['models'][number]
type ServedVersion = ServedModel['versions'][number]
type Field = NonNullable<ServedVersion['columns']>[number]
type Cell = string | number | boolean | null
type Row = Readonly<Record<string, Cell>>

export function TryIt({ model }: { readonly model: ServedModel }) {
  const url = useUrlState()
  const known = model.versions.filter(({ columns, inputs }) => columns !== undefined || inputs.length > 0)
  const version =
    known.find((each) => each.version === url.text('version')) ??
    known.find(({ aliases }) => aliases.includes('champion')) ??
    known[0]
  if (version === undefined)
    return (
      <Section title="Try it">
        <p className="section-none">What this model takes is known once it has been loaded.</p>
      </Section>
    )
  return (
    <Section
      title="Try it"
      actions={
        known.length > 1 && (
          <Select
            aria-label="Version to try"
            data={known.map((each) => ({ value: each.version, label: `Version ${each.version}` }))}
            value={version.version}
            onChange={(value) => url.set({ version: value ?? undefined })}
            allowDeselect={false}
            w={130}
          />
        )
      }
    >
      {version.columns === undefined ? (
        <TensorForm key={version.version} model={model.model} version={version} />
      ) : (
        <RowForm key={version.version} model={model.model} version={version} columns={version.columns} />
      )}
    </Section>
  )
}

interface FormProps {
  readonly model: string
  readonly version: ServedVersion
}

function usePrediction({ model, version }: FormProps) {
  return useMutation({
    mutationFn: ({ body, explain }: { readonly body: unknown; readonly explain: boolean }) =>
      askJson<PredictAnswer>(
        `/api/v1/serving/models/${inPath(model)}/versions/${inPath(version.version)}/predict${explain ? '?explain=true' : ''}`,
        { method: 'POST', body },
      ),
  })
}

function RowForm({ columns, ...rest }: FormProps & { readonly columns: readonly Field[] }) {
  const [row, setRow] = useState<Row>(() => Object.fromEntries(columns.map(({ name }) => [name, null])))
  const [explain, setExplain] = useState(false)
  const prediction = usePrediction(rest)
  const set = (name: string, value: Cell): void => setRow((old) => ({ ...old, [name]: value }))
  return (
    <div className="try">
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          // Lists, because a row may have a column that is called as a part of the request is.
          prediction.mutate({ body: { rows: [row] }, explain })
        }}
      >
        <div className="try-fields">
          {columns.map((field) => (
            <FieldInput
              key={field.name}
              field={field}
              value={row[field.name] ?? null}
              set={(value) => set(field.name, value)}
            />
          ))}
        </div>
        <div className="form-actions">
          <Button type="submit" loading={prediction.isPending} leftSection={<Icon name="play" size={14} />}>
            Predict
          </Button>
          <Switch
            label="Explain"
            checked={explain}
            onChange={(event) => setExplain(event.currentTarget.checked)}
          />
        </div>
      </form>
      <Answer answer={prediction.data} error={prediction.error} />
    </div>
  )
}

interface FieldInputProps {
  readonly field: Field
  readonly value: Cell
  readonly set: (value: Cell) => void
}

function FieldInput({ field, value, set }: FieldInputProps) {
  const { name, type, labels } = field
  if (type === 'number') {
    return <NumberField name={name} set={set} />
  }
  if (type === 'boolean') {
    const texts = labels ?? ['false', 'true']
    return (
      <Select
        label={name}
        placeholder="Missing"
        data={[...texts]}
        value={typeof value === 'boolean' ? texts[value ? 1 : 0] : null}
        onChange={(given) => set(given === null ? null : given === texts[1])}
        clearable
      />
    )
  }
  return (
    <TextInput
      label={name}
      placeholder={type === 'timestamp' ? 'Missing, or 2026-01-31T12:00:00Z' : 'Missing'}
      value={value === null ? '' : String(value)}
      onChange={(event) => set(event.currentTarget.value === '' ? null : event.currentTarget.value)}
    />
  )
}

/** A field of text: those for numbers drop the `e` of `1e-4`, and predict for 14. */
function NumberField({ name, set }: Pick<FieldInputProps, 'set'> & { readonly name: string }) {
  const [text, setText] = useState('')
  const wrong = !Number.isFinite(Number(text))
  return (
    <TextInput
      label={name}
      placeholder="Missing"
      inputMode="decimal"
      value={text}
      error={wrong && 'Not a number. Write it as 1250.5 or 1e-4.'}
      onChange={(event) => {
        const given = event.currentTarget.value
        const number = Number(given)
        setText(given)
        set(given.trim() === '' || !Number.isFinite(number) ? null : number)
      }}
    />
  )
}

const exampleOf = ({ inputs }: ServedVersion): string =>
  JSON.stringify(
    {
      inputs: Object.fromEntries(
        inputs.map(({ name, shape }) => [name, nested(shape.map((size) => (size < 0 ? 1 : size)))]),
      ),
    },
    undefined,
    2,
  )

/** Zeros in the shape of a tensor; what is large is written by whoever needs it. */
function nested([size = 0, ...rest]: readonly number[]): unknown {
  return Array.from({ length: Math.min(size, 16) }, () => (rest.length === 0 ? 0 : nested(rest)))
}

function TensorForm(props: FormProps) {
  const [text, setText] = useState(() => exampleOf(props.version))
  const [fault, setFault] = useState<string>()
  const prediction = usePrediction(props)
  const send = (): void => {
    try {
      const body = JSON.parse(text) as unknown
      setFault(undefined)
      prediction.mutate({ body, explain: false })
    } catch (error) {
      setFault(`This is no JSON: ${(error as Error).message}`)
    }
  }
  return (
    <div className="try">
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        <Textarea
          label="Tensors by name, as nested lists"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={fault}
          autosize
          minRows={4}
          maxRows={16}
          spellCheck={false}
          classNames={{ input: 'filter-input' }}
        />
        <div className="form-actions">
          <Button type="submit" loading={prediction.isPending} leftSection={<Icon name="play" size={14} />}>
            Predict
          </Button>
        </div>
      </form>
      <Answer answer={prediction.data} error={prediction.error} />
    </div>
  )
}
