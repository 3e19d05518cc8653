import { expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'

const a = 'a'.repeat(64)
const b = 'b'.repeat(64)

onBothStores('entries of artifacts', (home) => {
  test('are listed one level at a time, as files and folders', async () => {
    const { artifactEntries: entries } = await home.open(() => 5)
    const paths = [
      'model.onnx',
      'plots/loss.svg',
      'plots/deep/er/x',
      'plots-2',
      'plötze/1',
      'plots0',
      "o'clock%_/y",
    ]
    const set = await entries.set(
      paths.map((path, size) => ({ root: 'runs/1', path, hash: a, size, contentType: 'x/y' })),
    )
    expect(set[1]).toEqual({
      root: 'runs/1',
      path: 'plots/loss.svg',
      hash: a,
      size: 1,
      contentType: 'x/y',
      creationTime: 5,
    })
    expect(await entries.find('runs/1', 'plots/loss.svg')).toEqual(set[1])
    await entries.set([{ root: 'runs/11', path: 'elsewhere', hash: a, size: 1 }])
    expect(await entries.items('runs/1', '')).toEqual([
      { path: 'model.onnx', isDir: false, fileSize: 0 },
      { path: "o'clock%_", isDir: true, fileSize: undefined },
      { path: 'plots', isDir: true, fileSize: undefined },
      { path: 'plots-2', isDir: false, fileSize: 3 },
      { path: 'plots0', isDir: false, fileSize: 5 },
      { path: 'plötze', isDir: true, fileSize: undefined },
    ])
    expect(await entries.items('runs/1', 'plots')).toEqual([
      { path: 'plots/deep', isDir: true, fileSize: undefined },
      { path: 'plots/loss.svg', isDir: false, fileSize: 1 },
    ])
    expect(await entries.items('runs/1', 'plötze')).toEqual([{ path: 'plötze/1', isDir: false, fileSize: 4 }])
    expect(await entries.items('runs/1', 'model.onnx')).toEqual([])
    expect(await entries.items('runs/1', 'absent')).toEqual([])
    expect(await entries.count('runs/1')).toBe(7)
  })

  test('are listed in pages, removed with their folders, and replaced', async () => {
    const { artifactEntries: entries } = await home.open()
    const paths = Array.from({ length: 120 }, (_, i) => `f/${String(i).padStart(3, '0')}`)
    await entries.set(paths.map((path, size) => ({ root: 'r', path, hash: a, size })))
    const first = await entries.list('r', { under: 'f', limit: 100 })
    const rest = await entries.list('r', { under: 'f', after: first.at(-1)!.path, limit: 100 })
    expect([...first, ...rest].map(({ path }) => path)).toEqual(paths)
    expect((await entries.list('r', { under: 'f/007', limit: 9 })).map(({ size }) => size)).toEqual([7])
    await entries.set([{ root: 'r', path: 'f/007', hash: b, size: 1000 }])
    expect(await entries.find('r', 'f/007')).toMatchObject({ hash: b, size: 1000, contentType: undefined })
    expect(await entries.remove('r', 'f/007')).toBe(1)
    expect(await entries.remove('r', 'f')).toBe(119)
    expect(await entries.remove('r', '')).toBe(0)
  })

  test('are a file or a folder, never both', async () => {
    const { artifactEntries: entries } = await home.open()
    await entries.set([{ root: 'r', path: 'a/b/c', hash: a, size: 1 }])
    for (const path of ['a', 'a/b', 'a/b/c/d', 'a/b/c/d/e']) {
      const both = [
        { root: 'r', path: 'fine', hash: a, size: 1 },
        { root: 'r', path, hash: a, size: 1 },
      ]
      await expect(entries.set(both)).rejects.toMatchObject({ code: 'conflict' })
    }
    expect(await entries.count('r')).toBe(1)
  })

  test('and pins mention hashes; marks do not', async () => {
    let time = 100
    const { artifactEntries: entries } = await home.open(() => time)
    expect(await entries.mentioned([])).toEqual([])
    expect(await entries.mark(a)).toBe(true)
    expect(await entries.mark(a)).toBe(false)
    expect(await entries.markedAt(a)).toBe(100)
    expect(await entries.mentioned([a, b])).toEqual([])
    const pin = await entries.pin(a)
    expect(await entries.mentioned([a, b])).toEqual([a])
    await entries.unpin([pin])
    await entries.pin(b)
    time = 200
    await entries.pin(a)
    await entries.unpinOlder(200)
    expect(await entries.mentioned([a, b])).toEqual([a])
    await entries.unmark(a)
    expect(await entries.markedAt(a)).toBeUndefined()
  })
})
