// Files that we write are accepted by the checker of the onnx package for Python, and files that it writes are read.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  add,
  argMax,
  cast,
  clip,
  concat,
  gather,
  graphBuilder,
  inspectModel,
  isNaN,
  lookup,
  oneHotText,
  openSession,
  sigmoid,
  softmax,
  tensor,
  treeEnsemble,
  where,
  writeModelFile,
} from '../../src/engine/onnx/index.js'
import {
  emitInto,
  repeat,
  scan,
  spec,
  t,
  type Tensor as GraphTensor,
  trace,
  valueAndGrad,
  whileLoop,
} from '../../src/engine/graph/index.js'
import { readTable } from '../../src/data/index.js'
import { pipeline } from '../../src/learn/compose/index.js'
import { logisticRegression } from '../../src/learn/linear/index.js'
import { tfidf } from '../../src/learn/preprocess/index.js'
import { train } from '../../src/operate/train/index.js'
import type { ModelProto } from '../../src/engine/onnx/proto/messages.js'

const python = process.env['MODELWRIGHT_PYTHON'] ?? '/usr/bin/python3'
const script = fileURLToPath(new URL('./onnx_checker.py', import.meta.url))

function ask(...args: string[]): unknown {
  const output = execFileSync(python, [script, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(output)
}

function whyNot(): string | undefined {
  try {
    execFileSync(python, ['-c', 'import onnx'], { stdio: 'ignore' })
    return undefined
  } catch {
    return `${python} with the package onnx is not installed (MODELWRIGHT_PYTHON names another one)`
  }
}

/** Raw columns, imputation, encodings, a linear score, and labels. */
function tabularModel(): ModelProto {
  const g = graphBuilder({ name: 'tabular' })
  const age = g.input('age', 'float64', ['N', 1])
  const city = g.input('city', 'string', ['N', 1])
  const filled = clip(g, where(g, isNaN(g, age), [40, age]), { min: 0, max: 100 })
  const keys = ['Oslo', 'Rome']
  const columns = [
    filled,
    oneHotText(g, city, { keys }),
    lookup(g, city, { keys, values: [0.1, 0.2], absent: 0 }),
  ]
  const weights = g.initializer('weights', tensor('float64', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [4, 3]))
  const scores = softmax(g, g.node('MatMul', [concat(g, columns), weights], {}, { type: 'float64' }))
  const labels = g.initializer('classes', tensor('string', ['low', 'middle', 'high']))
  g.output('prediction', gather(g, labels, { indices: argMax(g, scores), axis: 0 }), 'string', ['N', 1])
  g.output('probabilities', scores, 'float64', ['N', 3])
  return g.message({ metadata: { kind: 'test' }, docString: 'A test.' })
}

function treeModel(): ModelProto {
  const g = graphBuilder({ name: 'trees' })
  const x = concat(g, [g.input('a', 'float64', ['N', 1]), g.input('b', 'float64', ['N', 1])])
  const scores = treeEnsemble(g, x, {
    feature: [0, -1, 1, -1, -1, -1],
    threshold: [0.5, 0, 0.25, 0, 0, 0],
    left: [1, 0, 3, 0, 0, 0],
    right: [2, 0, 4, 0, 0, 0],
    missingLeft: [1, 0, 0, 0, 0, 0],
    value: [0, -1, 0, 0.3, 0.7, 0.1],
    treeOffset: [0, 5, 6],
    treeOutput: [0, 0],
    baseScore: [0.5],
  })
  const probability = sigmoid(g, scores)
  g.output('second', cast(g, add(g, probability, 0.5), 'int64'), 'int64', ['N', 1])
  g.output('probability', probability, 'float64', ['N', 1])
  return g.message()
}

/** Text cut by an operator that the package does not know, and counted by one that it does. */
async function textModel(): Promise<Uint8Array> {
  const rows = [{ review: 'good food' }, { review: 'bad food' }, { review: 'good day' }]
  const model = await pipeline(tfidf(), logisticRegression()).fit(rows, ['a', 'b', 'a'])
  return model.toOnnx()
}

/** Loops, whose bodies see values from outside, one in the other, with gradients. */
function loopModel(): ModelProto {
  const g = graphBuilder({ name: 'loops' })
  const x = g.input('x', 'float32', ['time', 4])
  const w = g.input('w', 'float32', [4, 4])
  const loss = ({ w, x }: { w: GraphTensor; x: GraphTensor }): GraphTensor => {
    const [last, rows] = scan(
      (h: GraphTensor, row: GraphTensor) => {
        const next = t.tanh(t.add(t.matmul(h, w), row))
        return [repeat(20, (part: GraphTensor) => t.mul(part, w), t.mul(next, next)), next] as const
      },
      t.zerosLike(w),
      x,
    )
    return t.add(t.sum(last), t.sum(t.square(rows)))
  }
  const { graph } = trace(
    (given: { w: GraphTensor; x: GraphTensor }) => {
      const { value, gradient } = valueAndGrad(loss)(given)
      return [
        value,
        gradient.w,
        whileLoop(
          (a: GraphTensor) => t.less(a, 9),
          (a: GraphTensor) => t.mul(a, 2),
          t.exp(value),
        ),
      ]
    },
    { w: spec('float32', [4, 4]), x: spec('float32', ['time', 4]) },
  )
  const [value, slope, grown] = emitInto(g, { graph }, [w, x])
  g.output('value', value!, 'float32', [])
  g.output('slope', slope!, 'float32', [4, 4])
  g.output('grown', grown!, 'float32', [])
  return g.message()
}

describe('the onnx package for Python', () => {
  const reason = whyNot()
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'modelwright-'))
  })
  afterAll(async () => {
    await rm(folder, { recursive: true })
  })
  beforeEach((test) => {
    test.skip(reason !== undefined, reason)
  })

  it('accepts what we write', async () => {
    const paths = ['tabular', 'trees', 'external', 'text', 'loops'].map((name) =>
      join(folder, `${name}.onnx`),
    )
    await writeModelFile(paths[0]!, tabularModel())
    await writeModelFile(paths[1]!, treeModel())
    const g = graphBuilder({ name: 'external' })
    const table = g.initializer('table', tensor('float64', new Float64Array(2000)))
    g.output('y', add(g, g.input('x', 'float64', [1]), table), 'float64', [2000])
    expect(await writeModelFile(paths[2]!, g.message(), { externalAbove: 1000 })).toHaveLength(2)
    await writeFile(paths[3]!, await textModel())
    await writeModelFile(paths[4]!, loopModel())
    expect(inspectModel(await readFile(paths[4]!)).operators).toMatchObject({ Scan: 5, Loop: 1 })
    expect(ask('check', ...paths)).toEqual(Object.fromEntries(paths.map((path) => [path, null])))
  })

  it('accepts the graph of a whole bundle, whatever was kept', { timeout: 60_000 }, async () => {
    const telco = await readTable('examples/data/telco-churn.csv')
    const part = telco.take(Array.from({ length: 400 }, (_, i) => i))
    const out = join(folder, 'bundle')
    await train({ table: part, target: 'Churn', time: 20, out })
    const path = join(out, 'model.onnx')
    expect(ask('check', path)).toEqual({ [path]: null })
  })

  it('writes what we read', async () => {
    const path = join(folder, 'python.onnx')
    const version = ask('write', path)
    expect(inspectModel(await readFile(path))).toMatchObject({
      operators: { Gemm: 1 },
      inputs: [{ name: 'x', type: 'float32', shape: ['N', 3] }],
      metadata: { author: `onnx ${String(version)}` },
      constants: { count: 2, bytes: 32 },
    })
    await using session = await openSession(path)
    const { y } = await session.run({ x: tensor('float32', [1, 1, 1], [1, 3]) })
    expect(y).toEqual({ type: 'float32', dims: [1, 2], data: Float32Array.of(3.5, 7) })
  })

  it('has the fields that our schema has', () => {
    const theirs = ask('schema') as Record<string, Record<string, [string, string, boolean]>>
    const proto = new URL('../../src/engine/onnx/proto/onnx.proto', import.meta.url)
    const root = protobuf.parse(readFileSync(proto, 'utf8'), { keepCase: true }).root
    root.resolveAll()
    let compared = 0
    const visit = (namespace: protobuf.NamespaceBase): void => {
      for (const item of namespace.nestedArray) {
        if (item instanceof protobuf.Type) {
          for (const field of item.fieldsArray) {
            const type = field.resolvedType?.fullName.slice(1) ?? field.type
            expect([field.name, type, field.repeated]).toEqual(theirs[item.fullName.slice(1)]?.[field.id])
            compared++
          }
        }
        if (item instanceof protobuf.Namespace) visit(item)
      }
    }
    visit(root)
    expect(compared).toBeGreaterThan(90)
  })
})
