import { describe, expect, it } from 'vitest'
import { judgeImport, layerViolations } from '../../scripts/layers.mjs'

describe('the floor plan', () => {
  it('holds for every import of src', () => {
    expect(layerViolations()).toEqual([])
  })

  it.each([
    ['learn/linear/ridge.ts', '../contracts/index.js'],
    ['learn/boost/booster.ts', '../tree/index.js'],
    ['learn/linear/ridge.ts', '../../engine/linalg/index.js'],
    ['engine/onnx/session.ts', './proto/messages.js'],
    ['engine/onnx/native.ts', 'onnxruntime-node'],
    ['tune/ladder/climb.ts', '../../learn/catalogue.js'],
    ['index.ts', './learn/linear/index.js'],
  ])('lets %s import %s', (from, specifier) => {
    expect(judgeImport(from, specifier)).toBeUndefined()
  })

  it.each([
    ['data/table.ts', '../learn/contracts/index.js', 'upwards'],
    ['metrics/roc.ts', '../data/table.js', 'past an index'],
    ['learn/linear/ridge.ts', '../tree/index.js', 'neighbor'],
    ['engine/linalg/qr.ts', '../onnx/index.js', 'neighbor'],
    ['learn/contracts/core.ts', '../linear/index.js', 'neighbor'],
    ['learn/linear/ridge.ts', '../catalogue.js', 'neighbor'],
    ['learn/magic/wand.ts', '../contracts/index.js', 'unknown folder'],
    ['tune/ladder/ladder.ts', 'onnxruntime-node', 'only src/engine/onnx/'],
    ['data/table.ts', '../../scripts/paths.mjs', 'outside src/'],
  ])('does not let %s import %s', (from, specifier, fault) => {
    expect(judgeImport(from, specifier)).toContain(fault)
  })
})
