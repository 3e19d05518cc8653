import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromRows } from '../../data/index.js'
import { createFromRecipe } from '../../learn/catalogue.js'
import { portfolio } from './portfolio.js'
import { type PortfolioProblem, problemOf } from './problem.js'

const problem = (given: Partial<PortfolioProblem> = {}): PortfolioProblem => ({
  task: 'binary',
  rows: 1000,
  classes: 2,
  linearColumns: 20,
  treeColumns: 10,
  treeBins: 1000,
  pairColumns: 10,
  manyLevels: 1,
  ...given,
})

const namesOf = (given: PortfolioProblem): string[] => portfolio(given, 60).map(({ name }) => name)
const costOf = (given: PortfolioProblem, name: string): number =>
  portfolio(given, 60).find((candidate) => candidate.name === name)!.cost

describe('portfolio', () => {
  it('begins with constant, linear, tree and boosting', () => {
    expect(namesOf(problem()).slice(0, 4)).toEqual(['constant', 'linear', 'tree', 'boosting'])
  })

  it('has different names and finite costs, whatever the problem', () => {
    const sizes = fc.record({
      task: fc.constantFrom('binary' as const, 'multiclass' as const, 'regression' as const),
      rows: fc.integer({ min: 2, max: 1e8 }),
      classes: fc.integer({ min: 0, max: 1000 }),
      linearColumns: fc.integer({ min: 1, max: 1e5 }),
      treeColumns: fc.integer({ min: 1, max: 1e5 }),
      treeBins: fc.integer({ min: 1, max: 1e7 }),
      pairColumns: fc.integer({ min: 0, max: 1e5 }),
      manyLevels: fc.integer({ min: 0, max: 10 }),
    })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 86_400 }), (given, seconds) => {
        const candidates = portfolio(given, seconds)
        expect(new Set(candidates.map(({ name }) => name)).size).toBe(candidates.length)
        for (const { cost } of candidates) expect(cost >= 0 && Number.isFinite(cost)).toBe(true)
      }),
    )
  })

  it('describes only what can be made', async () => {
    for (const task of ['binary', 'multiclass', 'regression'] as const) {
      for (const { recipe } of portfolio(problem({ task, classes: 3 }), 60)) {
        expect((await createFromRecipe(recipe)).role).toBe('estimator')
      }
    }
  })

  it('proposes products of columns while these are few', () => {
    expect(namesOf(problem({ pairColumns: 10 }))).toContain('linear-pairs')
    expect(namesOf(problem({ pairColumns: 100 }))).not.toContain('linear-pairs')
  })

  it('has a quick boosting before one that is dear', () => {
    expect(namesOf(problem())).not.toContain('boosting-quick')
    const names = namesOf(problem({ rows: 1_000_000 }))
    expect(names.indexOf('boosting-quick')).toBe(names.indexOf('boosting') - 1)
  })

  it('takes larger steps when a fit would take too long', () => {
    const rate = (given: PortfolioProblem): number => {
      const { recipe } = portfolio(given, 60).find(({ name }) => name === 'boosting')!
      const [, learner] = recipe.options['steps'] as { options: { learningRate: number } }[]
      return learner!.options.learningRate
    }
    expect(rate(problem({ rows: 3_000_000 }))).toBeGreaterThan(rate(problem()))
  })

  it('expects more rows and more classes to cost more', () => {
    expect(costOf(problem({ rows: 5000 }), 'linear')).toBeGreaterThan(costOf(problem(), 'linear'))
    const classes = (count: number) => problem({ task: 'multiclass', classes: count })
    expect(costOf(classes(10), 'boosting')).toBeGreaterThan(costOf(classes(3), 'boosting'))
  })
})

describe('problemOf', () => {
  it('counts columns as preparation will make them', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      size: i / 7,
      city: ['Oslo', 'Bern', 'Riga', 'Rome'][i % 4]!,
      always: 1,
    }))
    const target = { type: 'classes', classes: ['no', 'yes'], codes: new Int32Array(60) } as const
    const found = problemOf({ x: fromRows(rows), target })
    expect(found).toMatchObject({ task: 'binary', rows: 60, classes: 2, treeColumns: 3, manyLevels: 1 })
    // Six for the number and its bends, five for the levels and the mean.
    expect(found.linearColumns).toBe(11)
  })
})
