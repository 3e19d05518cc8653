// TensorFlow Serving's REST API. @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/g3doc/api_rest.md
import type { FastifyReply, FastifyRequest } from 'fastify'
import { NotFoundError, quote, UsageError } from '../../../../base/index.js'
import type {
  Addressee,
  InferenceService,
  RequestOptions,
  VersionDescription,
} from '../../../../operate/serve/index.js'
import type { Server } from '../../face.js'
import { described } from '../addressee.js'
import { parseObject } from '../body/json.js'
import { addProtocol, type Protocol, routeOptions, sendJson } from '../protocol-scope.js'
import { inputsOfInstances } from '../rows/instances.js'
import { listOfRows, type RowsWanted, rowsWanted } from '../rows/rows.js'
import { refuseRoundedText } from '../rows/exact-text.js'
import { predictColumns, predictTensorsOf, readingFor } from '../tensors/predict-nested.js'
import { rowsOfOutputs } from '../tensors/rows-of-outputs.js'
import type { WriteStyle } from '../tensors/write-json.js'
import { classifyText, predictText, regressText } from './answers.js'
import {
  examplesOf,
  inputsOfColumns,
  type PredictShape,
  predictShape,
  rowsOfShape,
} from './predict-request.js'
import { modelMetadata, modelStatus } from './status.js'

const protocol: Protocol = {
  name: 'tensorflow-serving',
  prefix: '/v1',
  errorBody: ({ message }) => ({ error: message }),
}

interface Path {
  readonly model: string
  /** A version, or for POST a version with a verb. */
  readonly version?: string
  readonly label?: string
}

/** Adds `/v1/models` and all below it. */
export const tensorflowFace = (server: Server, service: InferenceService): Promise<void> =>
  addProtocol(server, protocol, (scope) => {
    const options = routeOptions({ scope: 'predict', protocol: protocol.name })
    for (const path of [
      '/v1/models/:model',
      '/v1/models/:model/versions/:version',
      '/v1/models/:model/labels/:label',
    ]) {
      scope.get<{ Params: Path }>(path, options, ({ params: { model, version, label } }) =>
        modelStatus(
          version === undefined && label === undefined
            ? service.describe(model)
            : [service.resolve({ model, version, alias: label })],
        ),
      )
      scope.get<{ Params: Path }>(
        `${path}/metadata`,
        options,
        async ({ params: { model, version, label } }) =>
          modelMetadata(await described(service, { model, version, alias: label })),
      )
      scope.post<{ Params: Path }>(path, options, (request, reply) => answer(service, request, reply))
    }
  })

async function answer(
  service: InferenceService,
  request: FastifyRequest<{ Params: Path }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { to, verb } = addressed(request.params)
  const description = await described(service, to)
  const task: Task = {
    to,
    body: parseObject(request.body as Buffer, readingFor(description)),
    options: { requestId: String(request.id) },
    description,
    wanted: rowsWanted(description, request),
  }
  return sendJson(reply, await verbs[verb](service, task))
}

interface Task {
  readonly to: Addressee
  readonly body: Readonly<Record<string, unknown>>
  readonly options: RequestOptions
  readonly description: VersionDescription
  readonly wanted: RowsWanted
}

type Verb = 'predict' | 'classify' | 'regress'

/** The verb stands behind the last colon of the path. */
function addressed({ model, version, label }: Path): { readonly to: Addressee; readonly verb: Verb } {
  const last = label ?? version ?? model
  const colon = last.lastIndexOf(':')
  const verb = last.slice(colon + 1)
  if (colon < 0 || !Object.hasOwn(verbs, verb)) {
    throw new NotFoundError(
      `POST takes ':predict', ':classify' or ':regress' behind the model or version; received ${quote(last)}.`,
      { kind: 'route', id: last },
    )
  }
  const name = last.slice(0, colon)
  const to =
    label !== undefined
      ? { model, alias: name }
      : version !== undefined
        ? { model, version: name }
        : { model: name }
  return { to, verb: verb as Verb }
}

const verbs: { readonly [V in Verb]: (service: InferenceService, task: Task) => Promise<string> } = {
  async predict(service, task) {
    const { to, body, options, description, wanted } = task
    const shape = predictShape(body)
    if (description.kind === 'onnx') return predictGraph(service, task, shape)
    const rows = rowsOfShape(shape, wanted)
    refuseRoundedText(rows, description)
    return predictText(await service.predictRows(to, rows, options), shape.format)
  },
  async classify(service, task) {
    if (task.description.classes.length === 0) throw cannot('classify', task.description)
    return classifyText(await predictExamples(service, task))
  },
  async regress(service, task) {
    if (task.description.task !== 'regression') throw cannot('regress', task.description)
    return regressText(await predictExamples(service, task))
  },
}

const cannot = (verb: Verb, { model, kind, task }: VersionDescription): UsageError =>
  new UsageError(
    `Model ${quote(model)} ${kind === 'onnx' ? 'is a plain graph' : task === 'regression' ? 'predicts numbers' : 'predicts classes'}, which '${verb}' is not for. Use 'predict'.`,
    { argument: verb },
  )

function predictExamples(service: InferenceService, { to, body, options, description, wanted }: Task) {
  const rows = examplesOf(body, wanted)
  refuseRoundedText(rows, description)
  return service.predictRows(to, rows, options)
}

/** Tensors of a plain graph. Outputs that are called `…_bytes` are given in Base64. */
const styleOf = (output: string): WriteStyle => ({ notFinite: 'token', base64: output.endsWith('_bytes') })

async function predictGraph(
  service: InferenceService,
  { to, options, description, wanted }: Task,
  { format, value }: PredictShape,
): Promise<string> {
  if (format === 'row') {
    const { length } = listOfRows(value, 'instances', wanted)
    const inputs = inputsOfInstances(value, wanted, 'instances')
    const answered = await predictTensorsOf(service, { to, options, description, inputs })
    const rows = rowsOfOutputs(answered, length, styleOf)
    return `{"predictions":[${rows.join(',')}]}`
  }
  const inputs = inputsOfColumns(value, description)
  const { outputs } = await predictColumns(service, { to, options, description, inputs }, styleOf)
  const names = Object.keys(outputs)
  if (names.length === 1) return `{"outputs":${outputs[names[0]!]!}}`
  return `{"outputs":{${names.map((name) => `${JSON.stringify(name)}:${outputs[name]!}`).join(',')}}}`
}
