// A request of Open Inference as tensors. @see https://github.com/kserve/open-inference-protocol
import { nameOf, quote, ShapeError, UsageError } from '../../../../base/index.js'
import { elementCount, type Tensor } from '../../../../engine/onnx/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'
import { refuseManyRows, type RequestLimits, tooLarge } from '../../limits/request-limits.js'
import { isObject, parseObject } from '../body/json.js'
import { elementsOf } from '../tensors/elements.js'
import { typeOfDatatype } from '../tensors/datatypes.js'
import { flatten } from '../tensors/nested.js'
import { tensorOfBytes, type TensorHead } from './binary.js'
import { unknownInput } from './fit-inputs.js'

/** An output that is asked for. */
export interface WantedOutput {
  readonly name: string
  readonly binary: boolean
}

export interface InferRequest {
  readonly id: string | undefined
  readonly inputs: Readonly<Record<string, Tensor>>
  /** Undefined: all. */
  readonly outputs: readonly WantedOutput[] | undefined
  /** Whether outputs that are not named come as bytes. */
  readonly binary: boolean
  /** Milliseconds, from Triton's parameter in microseconds. */
  readonly timeout: number | undefined
}

type Json = Readonly<Record<string, unknown>>

/** Whom a request is for. */
interface Asked {
  /** What `Inference-Header-Content-Length` says; undefined for a body that is JSON alone. */
  readonly headerLength: number | undefined
  readonly description: Pick<VersionDescription, 'inputs' | 'outputs'>
  readonly limits: RequestLimits
}

/**
 * Reads a body.
 *
 * @throws {@link UsageError}, {@link ShapeError} for whatever does not fit together; {@link LimitError}
 */
export function readInferRequest(body: Uint8Array, asked: Asked): InferRequest {
  const end = headerEnd(body, asked.headerLength)
  if (end > asked.limits.json) throw tooLarge(asked.limits.json, 'jsonLimit')
  const request = parseObject(body.subarray(0, end), { exactIntegers: true })
  const parameters = parametersOf(request, 'the request')
  const binary = flagOf(parameters, 'binary_data_output', 'the request') ?? false
  return {
    id: idOf(request['id']),
    inputs: inputsOf(listOf(request, 'inputs'), body.subarray(end), asked),
    outputs:
      request['outputs'] === undefined ? undefined : wantedOf(listOf(request, 'outputs'), binary, asked),
    binary,
    timeout: timeoutOf(parameters),
  }
}

function headerEnd(body: Uint8Array, headerLength: number | undefined): number {
  if (headerLength === undefined) return body.length
  if (Number.isSafeInteger(headerLength) && headerLength > 0 && headerLength <= body.length)
    return headerLength
  throw new UsageError(
    `Inference-Header-Content-Length must be the number of bytes of the JSON at the start of the body, from 1 to ${body.length}.`,
    { argument: 'Inference-Header-Content-Length' },
  )
}

function listOf(request: Json, key: string): readonly Json[] {
  const list = request[key]
  if (Array.isArray(list) && list.every(isObject)) return list
  throw new UsageError(
    `'${key}' must be a list of objects, each with the 'name' of a tensor; received ${nameOf(list)}.`,
    {
      argument: key,
    },
  )
}

function idOf(id: unknown): string | undefined {
  if (id === undefined || typeof id === 'string') return id
  throw new UsageError(`'id' must be text; received ${nameOf(id)}.`, { argument: 'id' })
}

function parametersOf(owner: Json, where: string): Json {
  const parameters = owner['parameters'] ?? {}
  if (isObject(parameters)) return parameters
  throw new UsageError(`'parameters' of ${where} must be an object; received ${nameOf(parameters)}.`, {
    argument: 'parameters',
  })
}

function flagOf(parameters: Json, key: string, where: string): boolean | undefined {
  const flag = parameters[key]
  if (flag === undefined || typeof flag === 'boolean') return flag
  throw new UsageError(`'${key}' of ${where} must be true or false; received ${nameOf(flag)}.`, {
    argument: key,
  })
}

/** @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_schedule_policy.md */
function timeoutOf(parameters: Json): number | undefined {
  const { timeout } = parameters
  if (timeout === undefined) return undefined
  if (typeof timeout === 'number' && Number.isFinite(timeout) && timeout >= 0)
    return timeout === 0 ? undefined : timeout / 1000
  throw new UsageError(`'timeout' must be a number of microseconds; received ${nameOf(timeout)}.`, {
    argument: 'timeout',
  })
}

function nameIn(owner: Json, where: string): string {
  const { name } = owner
  if (typeof name === 'string') return name
  throw new UsageError(`An entry of '${where}' must have the 'name' of a tensor; received ${nameOf(name)}.`, {
    argument: where,
  })
}

function wantedOf(list: readonly Json[], byDefault: boolean, { description }: Asked): WantedOutput[] {
  const { length } = description.outputs
  if (list.length > length) {
    throw new UsageError(`The request asks for ${list.length} outputs; the model has ${length}.`, {
      argument: 'outputs',
    })
  }
  const names = new Set<string>()
  return list.map((entry) => {
    const name = nameIn(entry, 'outputs')
    // A small body could otherwise ask for a large answer a thousand times over.
    if (names.has(name)) throw new UsageError(`Output ${quote(name)} is asked for twice.`, { argument: name })
    names.add(name)
    const where = `output ${quote(name)}`
    return { name, binary: flagOf(parametersOf(entry, where), 'binary_data', where) ?? byDefault }
  })
}

function inputsOf(
  list: readonly Json[],
  binary: Uint8Array,
  { description, limits }: Asked,
): Record<string, Tensor> {
  // Without a prototype: an input may be named `__proto__`.
  const inputs = Object.create(null) as Record<string, Tensor>
  const known = new Set(description.inputs.map(({ name }) => name))
  let at = 0
  for (const entry of list) {
    const head = headOf(entry)
    // Before anything is read of what nobody wants.
    if (!known.has(head.name)) throw unknownInput(head.name, description)
    refuseManyRows(head.dims[0] ?? 1, limits.rows)
    const where = `Input ${quote(head.name)}`
    if (head.name in inputs) {
      throw new UsageError(`${where} is given twice.`, { argument: head.name })
    }
    const size = parametersOf(entry, where)['binary_data_size']
    if (size === undefined) inputs[head.name] = tensorOfJson(head, entry['data'], where)
    else {
      const bytes = bytesAt(binary, { at, size, data: entry['data'], where })
      // Texts are read one by one, as those of JSON are.
      if (head.type === 'string' && bytes.length > limits.json) throw tooLarge(limits.json, 'jsonLimit')
      inputs[head.name] = tensorOfBytes(head, bytes)
      at += bytes.length
    }
  }
  if (at === binary.length) return inputs
  throw new UsageError(
    `The body has ${binary.length} bytes behind its JSON; those of the inputs ('binary_data_size') are ${at}.`,
    { argument: 'binary_data_size' },
  )
}

function headOf(entry: Json): TensorHead {
  const name = nameIn(entry, 'inputs')
  const { datatype, shape } = entry
  const type = typeof datatype === 'string' ? typeOfDatatype(datatype) : undefined
  if (type === undefined) {
    throw new UsageError(
      `Input ${quote(name)}: 'datatype' must be BOOL, UINT8 to UINT64, INT8 to INT64, FP16, FP32, FP64 or BYTES; received ${nameOf(datatype)}.`,
      { argument: name },
    )
  }
  return { name, type, dims: shapeOf(shape, name) }
}

/** As many axes as a tensor may have; see nested.ts. */
const mostAxes = 32

function shapeOf(shape: unknown, name: string): readonly number[] {
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 0
  const isShape = Array.isArray(shape) && shape.length <= mostAxes && shape.every(isSize)
  if (isShape && Number.isSafeInteger(elementCount(shape as number[]))) return shape as number[]
  throw new UsageError(
    `Input ${quote(name)}: 'shape' must be a list of sizes, 0 or more; received ${nameOf(shape)}.`,
    {
      argument: name,
    },
  )
}

function tensorOfJson({ name, type, dims }: TensorHead, data: unknown, where: string): Tensor {
  if (!Array.isArray(data)) {
    throw new UsageError(
      `${where}: 'data' must be a list, or 'binary_data_size' must say how many bytes it has; received ${nameOf(data)}.`,
      {
        argument: name,
      },
    )
  }
  const { values } = flatten(data, where)
  if (values.length !== elementCount(dims)) {
    throw new ShapeError(
      `${where}: its shape [${dims.join(', ')}] needs ${elementCount(dims)} elements, 'data' has ${values.length}.`,
      { expected: elementCount(dims), received: values.length, where: name },
    )
  }
  return { type, dims, data: elementsOf(type, values, where) } as Tensor
}

interface Claim {
  readonly at: number
  readonly size: unknown
  readonly data: unknown
  readonly where: string
}

function bytesAt(binary: Uint8Array, { at, size, data, where }: Claim): Uint8Array {
  if (data !== undefined) {
    throw new UsageError(`${where} has both 'data' and 'binary_data_size'. Give one of them.`, {
      argument: 'data',
    })
  }
  const left = binary.length - at
  if (Number.isSafeInteger(size) && (size as number) >= 0 && (size as number) <= left) {
    return binary.subarray(at, at + (size as number))
  }
  throw new UsageError(
    `${where}: 'binary_data_size' must be a whole number of bytes that are there, at most ${left}; received ${nameOf(size)}. The header Inference-Header-Content-Length says where they begin.`,
    { argument: 'binary_data_size' },
  )
}
