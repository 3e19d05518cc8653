import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import golden from '../../../../test/golden/pretrained.json' with { type: 'json' }
import { FormatError, type ModelwrightError, NotFoundError, UsageError } from '../../../base/index.js'
import {
  array,
  compile,
  encodeSafetensors,
  gradientsOf,
  type NDArray,
  openSafetensors,
  random,
  sizeOf,
  spec,
  t,
  type Tensor,
  trace,
  type Value,
  writeSafetensors,
  zeros,
} from '../../../engine/graph/index.js'
import { openSession } from '../../../engine/onnx/index.js'
import { network } from '../network.js'
import type { Arrays } from '../scope.js'
import { bert, gpt2, loadPretrained, type Pretrained, type PretrainedHead, resnet, vit } from './index.js'
import { assembled, sourceOf } from './names.js'
import { bertArchitecture, gpt2Architecture } from './text-architectures.js'
import { resnetArchitecture, vitArchitecture } from './image-architectures.js'

const fixtures = fileURLToPath(new URL('../../../../test/fixtures/pretrained', import.meta.url))
const architectures = {
  bert: bertArchitecture,
  gpt2: gpt2Architecture,
  vit: vitArchitecture,
  resnet: resnetArchitecture,
}

type Case = (typeof golden.cases)[number]
/** The numbers by which the script weighs outputs and gradients. */
const pattern = (shape: readonly number[]): NDArray =>
  array(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + 1)),
    { shape },
  )

const inputOf = ({ input }: Case): NDArray =>
  'values' in input && input.values !== undefined
    ? array(Int32Array.from(input.values), { shape: input.shape })
    : pattern(input.shape)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelwright-pretrained-'))
  // The same weights as resnet-bottleneck, read by another config.
  await cp(join(fixtures, 'resnet-bottleneck'), join(folder, 'resnet-narrow'), { recursive: true })
  await edit(join(folder, 'resnet-narrow'), { downsample_in_bottleneck: true })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function edit(where: string, fields: object): Promise<void> {
  const path = join(where, 'config.json')
  const config = JSON.parse(await readFile(path, 'utf8')) as object
  await writeFile(path, JSON.stringify({ ...config, ...fields }))
}

const place = (name: string): string => join(name === 'resnet-narrow' ? folder : fixtures, name)

const load = (one: Case): Promise<Pretrained> =>
  loadPretrained(place(one.folder), {
    head: one.head as PretrainedHead,
    ...(one.folder.startsWith('resnet') ? { imageSize: 20 } : {}),
  })

function expectClose(found: Tensor, { output }: Case): void {
  const { shape, data } = found as NDArray
  expect(shape).toEqual(output.shape)
  const every = data.length < 200 ? 1 : 3
  const kept = Array.from(data).filter((_, i) => i % every === 0)
  expect(kept).toHaveLength(output.values.length)
  const far = kept.findIndex((value, i) => !(Math.abs(value - output.values[i]!) < 1e-4))
  expect(far < 0 ? undefined : { far, found: kept[far], expected: output.values[far] }).toBeUndefined()
}

const cases = golden.cases.map((one) => [`${one.folder}, ${one.head}`, one] as const)

describe.each(cases)('%s', (_, one) => {
  it('gives by the reference interpreter what PyTorch gives', async () => {
    const { network: net, values } = await load(one)
    expectClose(net.apply(values, inputOf(one)), one)
  })

  it('gives on ONNX Runtime what PyTorch gives', async () => {
    const { network: net, values } = await load(one)
    await using session = await openSession(net.toOnnx(values))
    const { dtype, shape, data } = inputOf(one)
    const results = await session.run({ input: { type: dtype, dims: shape, data } as never })
    const [result] = Object.values(results)
    expectClose({ dtype: 'float32', shape: result!.dims, data: result!.data as Float32Array }, one)
  })

  it('has the gradients of PyTorch', async () => {
    const { network: net, values } = await load(one)
    const x = inputOf(one)
    const names = new Set(net.parameters.map(({ path }) => path))
    const split = (learned: boolean): Arrays =>
      Object.fromEntries(Object.entries(values).filter(([path]) => names.has(path) === learned))
    const states = split(false)
    const specs = Object.fromEntries(
      Object.entries(split(true)).map(([path, value]) => [path, specOf(value)]),
    )
    const traced = trace(
      ({ params, x: given }: { params: Record<string, Value>; x: Value }) => {
        const y = net.apply({ ...params, ...states }, given)
        return t.sum(t.mul(y, pattern(one.output.shape)))
      },
      { params: specs, x: specOf(x) } as never,
    )
    await using compiled = await compile(gradientsOf(traced as never, 'params'))
    const { grads } = (await compiled.run({ params: split(true), x } as never)) as unknown as {
      grads: Record<string, NDArray>
    }
    expectGradients(one, net.parameters, grads)
  })
})

const specOf = ({ dtype, shape }: NDArray): { dtype: NDArray['dtype']; shape: readonly number[] } => ({
  dtype,
  shape,
})

/** Compares along the pattern of each of their tensors, brought into our layout as the tensor itself is. */
function expectGradients(
  one: Case,
  declared: Pretrained['network']['parameters'],
  grads: Record<string, NDArray>,
): void {
  const architecture = architectures[one.folder.split('-')[0] as keyof typeof architectures]
  const expected = one.gradients as Record<string, number | undefined>
  const met = new Set<string>()
  for (const parameter of declared) {
    const source = sourceOf(architecture, parameter)
    const [first, ...rest] = parameter.shape
    const part = source.transposed ? parameter.shape.toReversed() : [first! / source.names.length, ...rest]
    for (const name of source.names) {
      const theirs = expected[name] ?? expected[`${architecture.prefix}.${name}`]
      met.add(name)
      const alone = source.names.map((other) => (other === name ? pattern(part) : zeros(part)))
      const direction = assembled(source, alone)
      const along = dot(grads[parameter.path]!, direction)
      // Gradients of what the output does not depend on are absent there, and 0 here.
      const far = Math.abs(along - (theirs ?? 0)) > 1e-4 * Math.max(1, norm(grads[parameter.path]!))
      expect(far ? { name, along, theirs } : undefined).toBeUndefined()
    }
  }
  const strip = (name: string): string =>
    name.startsWith(`${architecture.prefix}.`) ? name.slice(architecture.prefix.length + 1) : name
  expect(Object.keys(expected).filter((name) => !met.has(strip(name)))).toEqual([])
}

const dot = (a: NDArray, b: NDArray): number =>
  Array.from(a.data).reduce((sum, value, i) => sum + value * b.data[i]!, 0)
const norm = (x: NDArray): number => Math.sqrt(dot(x, x))

async function copyOf(name: string): Promise<string> {
  const copy = await mkdtemp(join(folder, `${name}-`))
  await cp(join(fixtures, name), copy, { recursive: true })
  return copy
}

/** Rewrites the tensors of a copy. */
async function rewrite(where: string, change: (tensors: Record<string, NDArray>) => void): Promise<void> {
  const path = join(where, 'model.safetensors')
  const file = await openSafetensors(path)
  const tensors: Record<string, NDArray> = {}
  for (const name of file.tensors.keys()) tensors[name] = await file.read(name)
  await file.close()
  change(tensors)
  await writeSafetensors(path, tensors)
}

function expectNear(found: NDArray['data'], expected: NDArray['data']): void {
  expect(found).toHaveLength(expected.length)
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
}

const faultOf = (loading: Promise<unknown>): Promise<ModelwrightError> =>
  loading.then(
    () => expect.fail('it loaded'),
    (error: unknown) => error as ModelwrightError,
  )

describe('published sizes', () => {
  const tokens = spec('int32', ['batch', 'time'])
  const images = spec('float32', ['batch', 3, 224, 224])
  // As the model cards of bert-base-uncased, gpt2, vit-base-patch16-224 and resnet-50 tell.
  it.each([
    [
      'BERT base',
      bert({ vocabulary: 30_522, width: 768, blocks: 12, heads: 12, head: 'pooled' }),
      tokens,
      109_482_240,
    ],
    [
      'GPT-2',
      gpt2({ vocabulary: 50_257, width: 768, blocks: 12, heads: 12, head: 'language' }),
      tokens,
      124_439_808,
    ],
    [
      'ViT base',
      vit({
        imageSize: 224,
        patchSize: 16,
        width: 768,
        blocks: 12,
        heads: 12,
        head: 'classifier',
        classes: 1000,
      }),
      images,
      86_567_656,
    ],
    [
      'ResNet-50',
      resnet({ channels: [256, 512, 1024, 2048], depths: [3, 4, 6, 3], head: 'classifier', classes: 1000 }),
      images,
      25_557_032,
    ],
  ])('%s has as many parameters as published', (_, layer, input, count) => {
    expect(network(layer, input).parameterCount).toBe(count)
  })
})

describe('loadPretrained', () => {
  it('takes the head of the class in config.json', async () => {
    expect((await loadPretrained(place('gpt2'))).network.output.shape).toEqual(['batch', 'time', 40])
    expect((await loadPretrained(place('vit'))).network.output.shape).toEqual(['batch', 5])
    const sized = await loadPretrained(place('bert'), { length: 9, head: 'tokens' })
    expect(sized.network.output.shape).toEqual(['batch', 9, 3])
    expect(sized.config['model_type']).toBe('bert')
  })

  it('does not look at padding, and is told of segments', async () => {
    const { layer, network: plain, values } = await loadPretrained(place('bert'), { head: 'hidden' })
    const [short, padded] = [
      [3, 4, 5],
      [3, 4, 5, 0],
    ].map(
      (tokens) =>
        plain.apply(values, array(Int32Array.from(tokens), { shape: [1, tokens.length] })) as NDArray,
    ) as [NDArray, NDArray]
    expectNear(padded.data.slice(0, short.data.length), short.data)
    // Told that all tokens are of the second segment, it gives what it gives with both segments exchanged.
    const second = network(
      (x, scope) => layer(x, scope, { types: t.add(t.mul(x, 0), 1) }),
      spec('int32', ['batch', 'time']),
    )
    const rows = values['embeddings.type.weight']!
    const data = Float32Array.from(rows.data, (_, i) => rows.data[(i + 32) % 64]!)
    const tokens = array(Int32Array.of(3, 4, 5), { shape: [1, 3] })
    const exchanged = plain.apply({ ...values, 'embeddings.type.weight': { ...rows, data } }, tokens)
    expectNear((second.apply(values, tokens) as NDArray).data, (exchanged as NDArray).data)
  })

  it('drops numbers in training, and averages what it normalizes by', async () => {
    for (const name of ['bert', 'gpt2']) {
      const { network: net, values } = await loadPretrained(place(name), { head: 'hidden' })
      const tokens = array(Int32Array.of(3, 4, 5), { shape: [1, 3] })
      const sure = net.apply(values, tokens) as NDArray
      const dropped = net.apply(values, tokens, { training: true, key: random.key(1) }) as NDArray
      expect(dropped.data).not.toEqual(sure.data)
      expect(Array.from(dropped.data).every(Number.isFinite)).toBe(true)
    }
    const { network: net, values } = await loadPretrained(place('resnet-basic'), { imageSize: 20 })
    const updated: string[] = []
    net.apply(values, pattern([2, 3, 20, 20]), { training: true, onUpdate: (path) => updated.push(path) })
    expect(updated).toEqual(net.states.map(({ path }) => path))
  })

  it('refuses texts that are longer than its positions', async () => {
    const { network: net, values } = await loadPretrained(place('gpt2'))
    expect(() => net.apply(values, zeros([1, 13], 'int32'))).toThrow(/at most 12 tokens/)
    await expect(loadPretrained(place('gpt2'), { length: 13 })).rejects.toThrow(/at most 12 tokens/)
  })

  it('lists all tensors that are missing, unexpected or of another shape', async () => {
    const where = await copyOf('vit')
    await rewrite(where, (tensors) => {
      delete tensors['vit.layernorm.weight']
      delete tensors['classifier.bias']
      tensors['vit.encoder.layer.2.output.dense.bias'] = zeros([32])
      tensors['vit.layernorm.bias'] = zeros([31])
      tensors['vit.encoder.layer.0.attention.attention.key.weight'] = zeros([32, 31])
    })
    const error = await faultOf(loadPretrained(where))
    expect(error).toBeInstanceOf(FormatError)
    expect(error.details).toMatchObject({
      missing: ['layernorm.weight', 'classifier.bias'],
      unexpected: ['encoder.layer.2.output.dense.bias'],
      shapes: [
        'encoder.layer.0.attention.attention.key.weight [32, 31], expected [32, 32]',
        'layernorm.bias [31], expected [32]',
      ],
    })
    expect(error.message).toMatch(
      /missing \(2\): layernorm\.weight, classifier\.bias; unexpected \(1\): .*shape \(2\)/,
    )
  })

  it('takes biases that a file leaves out for zeros', async () => {
    const where = await copyOf('vit')
    await edit(where, { qkv_bias: false })
    await rewrite(where, (tensors) => {
      for (const name of Object.keys(tensors))
        if (/attention\.attention\.\w+\.bias$/.test(name)) delete tensors[name]
    })
    const { values } = await loadPretrained(where)
    expect(values['blocks.0.attention.qkv.bias']).toEqual(zeros([96]))
  })

  it('reads words that are not tied to the embeddings, and says which weights a head lacks', async () => {
    const where = await copyOf('bert')
    await edit(where, { tie_word_embeddings: false })
    expect((await faultOf(loadPretrained(where))).details['missing']).toEqual([
      'cls.predictions.decoder.weight',
    ])
    const sized = await copyOf('gpt2')
    await edit(sized, { tie_word_embeddings: false })
    expect((await faultOf(loadPretrained(sized))).details['missing']).toEqual(['lm_head.weight'])
    const pooled = await faultOf(loadPretrained(place('vit'), { head: 'pooled' }))
    expect(pooled.details['missing']).toEqual(['pooler.dense.weight', 'pooler.dense.bias'])
    await rewrite(where, (tensors) => {
      tensors['cls.predictions.decoder.weight'] = zeros([40, 32])
    })
    expect((await loadPretrained(where)).values['language.decoder.weight']).toEqual(zeros([40, 32]))
  })

  it.each<[string, object, RegExp]>([
    ['bert', { model_type: 'llama' }, /model_type is "llama", expected one of bert, gpt2, vit, resnet/],
    ['bert', { model_type: undefined }, /model_type is absent/],
    ['bert', { architectures: ['BertForQuestionAnswering'] }, /head: 'hidden'/],
    ['bert', { hidden_size: '32' }, /'hidden_size' is '32', expected a whole number of at least 1/],
    ['bert', { hidden_act: 'mish' }, /'hidden_act' is 'mish', expected one of gelu, .*not supported/],
    ['bert', { is_decoder: true }, /'is_decoder' is true, expected false/],
    ['bert', { position_embedding_type: 'relative_key' }, /'position_embedding_type' is 'relative_key'/],
    ['bert', { hidden_dropout_prob: 1 }, /'hidden_dropout_prob' is 1, expected a share/],
    ['bert', { layer_norm_eps: -1 }, /'layer_norm_eps' is -1, expected a number of at least 0/],
    ['gpt2', { scale_attn_by_inverse_layer_idx: true }, /expected false; no other is supported/],
    ['resnet-basic', { depths: [] }, /'depths' is \[\], expected a list/],
    ['resnet-basic', { depths: [1] }, /expected a number for each of 2 stages/],
    ['resnet-basic', { layer_type: 'other' }, /expected one of bottleneck, basic/],
  ])('refuses %s with %j', async (name, fields, message) => {
    const where = await copyOf(name)
    await edit(where, fields)
    const error = await faultOf(loadPretrained(where))
    expect(error).toBeInstanceOf(FormatError)
    expect(error.message).toMatch(message)
  })

  it('refuses heads and sizes that a model does not have', async () => {
    await expect(loadPretrained(place('gpt2'), { head: 'pooled' })).rejects.toThrow(/one of hidden, language/)
    await expect(loadPretrained(place('gpt2'), { head: 'tokens' })).rejects.toBeInstanceOf(UsageError)
    await expect(loadPretrained(place('vit'), { imageSize: 16 })).rejects.toThrow(/expected 16, as asked for/)
  })

  it('says what is missing in a folder, and refuses pickles', async () => {
    await expect(loadPretrained(join(folder, 'none'))).rejects.toBeInstanceOf(NotFoundError)
    const where = await copyOf('bert')
    await rm(join(where, 'model.safetensors'))
    await expect(loadPretrained(where)).rejects.toThrow(/save_pretrained\(folder, safe_serialization=True\)/)
    await writeFile(join(where, 'pytorch_model.bin'), '')
    await expect(loadPretrained(where)).rejects.toThrow(/'pytorch_model\.bin' is a pickle.*save_file/)
    await writeFile(join(where, 'model.safetensors'), encodeSafetensors({}).subarray(0, 9))
    await expect(loadPretrained(where)).rejects.toBeInstanceOf(FormatError)
    await writeFile(join(where, 'config.json'), '[')
    await expect(loadPretrained(where)).rejects.toThrow(/is no JSON object/)
  })
})
