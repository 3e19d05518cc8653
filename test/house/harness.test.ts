import { describe, expect, it } from 'vitest'
import { interleave, median, ratio } from '../../bench/harness.js'

describe('the bench harness', () => {
  it('runs contenders in turn, each as often, and leaves out the warm-up', async () => {
    const order: string[] = []
    const samples = await interleave(
      { ours: () => order.push('ours'), theirs: () => order.push('theirs') },
      { repeats: 2, warmup: 1 },
    )
    expect(order).toEqual(['theirs', 'ours', 'ours', 'theirs', 'theirs', 'ours'])
    // A contender that returns a number brings its own figure: here, how long the list had grown.
    expect(samples).toEqual({ ours: [3, 6], theirs: [4, 5] })
  })

  it('takes medians, and ratios round by round', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(ratio([2, 30, 4], [1, 10, 4])).toBe(2)
  })
})
