import { describe, expect, it } from 'vitest'
import { spec, t } from '../../engine/graph/index.js'
import * as nn from './index.js'
import { tabularEnsemble } from './tabular/ensemble.js'

describe('summary', () => {
  it('is a table that fits the terminal', () => {
    const net = nn.network(
      nn.namedLayers({
        features: nn.sequential(nn.conv2d(32, 3), nn.batchNorm(), nn.relu, nn.maxPool(2)),
        flatten: nn.flatten,
        classifier: nn.dense(10),
      }),
      spec('float32', ['batch', 1, 28, 28]),
    )
    expect(`\n${nn.summary(net).text}\n`).toMatchInlineSnapshot(`
      "
      Layer                  Output               Parameters  Not trainable
      ─────────────────────────────────────────────────────────────────────
      namedLayers            [batch, 10]
        features sequential  [batch, 32, 13, 13]
          0 conv2d           [batch, 32, 26, 26]         320              0
          1 batchNorm        [batch, 32, 26, 26]          64             64
          2 relu             [batch, 32, 26, 26]           0              0
          3 maxPool          [batch, 32, 13, 13]           0              0
        flatten flatten      [batch, 5408]                 0              0
        classifier dense     [batch, 10]              54,090              0
      ─────────────────────────────────────────────────────────────────────
      Parameters: 54,474, and 64 not trainable
      Size: 0.21 MiB as float32
      "
    `)
  })

  it('counts what is learned and what is kept, in plain data', () => {
    const net = nn.network(
      nn.sequential(nn.conv2d(4, 3), nn.batchNorm()),
      spec('float32', ['batch', 2, 8, 8]),
    )
    const { text, ...data } = nn.summary(net)
    expect(structuredClone(data)).toEqual({
      inputShape: ['batch', 2, 8, 8],
      outputShape: ['batch', 4, 6, 6],
      layers: [
        {
          path: '',
          kind: 'sequential',
          depth: 0,
          outputShape: ['batch', 4, 6, 6],
          trainable: 0,
          notTrainable: 0,
        },
        {
          path: '0',
          kind: 'conv2d',
          depth: 1,
          outputShape: ['batch', 4, 6, 6],
          trainable: 76,
          notTrainable: 0,
        },
        {
          path: '1',
          kind: 'batchNorm',
          depth: 1,
          outputShape: ['batch', 4, 6, 6],
          trainable: 8,
          notTrainable: 8,
        },
      ],
      trainable: 84,
      notTrainable: 8,
      parameterCount: 92,
      mebibytes: (92 * 4) / 2 ** 20,
    })
    expect(data.trainable).toBe(net.parameterCount)
    expect(text).toContain('Parameters: 84, and 8 not trainable')
  })

  it('counts what is shared once, and lists what a layer declares in scopes of its own', () => {
    const twice: nn.Layer = (x, scope) => {
      const own = nn.dense(3)
      return t.add(
        own(own(x, scope.child('shared')), scope.child('shared')),
        scope.parameter('shift', [3], nn.constant(0)),
      )
    }
    const { layers, trainable } = nn.summary(nn.network(nn.sequential(twice), spec('float32', ['batch', 3])))
    expect(
      layers.map(({ path, kind, depth, outputShape, trainable: own }) => [
        path,
        kind,
        depth,
        outputShape,
        own,
      ]),
    ).toEqual([
      ['', 'sequential', 0, ['batch', 3], 0],
      ['0', 'twice', 1, ['batch', 3], 3],
      ['0.shared', '', 2, undefined, 12],
    ])
    expect(trainable).toBe(15)
    const inputs = { flags: 3, numbers: 0, levels: [], edges: [], numericEmbeddings: 'none' } as const
    const ensemble = tabularEnsemble({ inputs, members: 2, hiddenLayers: [4], outputs: 1, dropout: 0 })
    const net = nn.network(ensemble, spec('float32', ['batch', 3]))
    expect(nn.summary(net).layers.map(({ path }) => path)).toContain('hidden.0')
    expect(nn.summary(net).trainable).toBe(net.parameterCount)
  })

  it.each<[string, nn.Layer, readonly (string | number)[]]>([
    ['transformerBlock', nn.sequential(nn.transformerBlock({ heads: 2 })), ['batch', 5, 8]],
    [
      'lstm',
      nn.sequential(nn.lstm(4, { layers: 2, bidirectional: true }), nn.globalMaxPool),
      ['batch', 5, 8],
    ],
    ['residual', nn.sequential(nn.residual(nn.sequential(nn.dense(8), nn.gelu))), ['batch', 8]],
  ])('accounts for every parameter of %s', (kind, layer, shape) => {
    const net = nn.network(layer, spec('float32', shape))
    const { layers, trainable } = nn.summary(net)
    expect(trainable).toBe(net.parameterCount)
    expect(layers.map((one) => one.kind)).toContain(kind)
    expect(
      layers
        .filter(({ path }) => path !== '' && !path.includes('.'))
        .every(({ outputShape }) => outputShape !== undefined),
    ).toBe(true)
  })
})
