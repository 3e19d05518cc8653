// How the native runtime's own convolutions want their channels, found by asking: no interface tells it.
import { chooseEngine, type EngineChoice } from './engines.js'
import { graphBuilder } from './graph-builder.js'
import type { Device, Engine } from './runtime.js'

const known = new Map<string, Promise<number | undefined>>()

/** Behind the door of this name: doors.ts. */
export async function channelBlock(
  choice: EngineChoice = 'auto',
  device: Device = 'cpu',
): Promise<number | undefined> {
  // These operators compute on the CPU only.
  if (device !== 'cpu') return undefined
  const { engine } = await chooseEngine(choice)
  const found = known.get(engine.name) ?? probe(engine)
  known.set(engine.name, found)
  return found
}

/** Numbers of two places, told apart by channel: where the second place begins, the first block has ended. */
async function probe(engine: Engine): Promise<number | undefined> {
  // No processor's block is larger: 16 floats fill the widest register.
  const channels = 16
  const g = graphBuilder({ name: 'probe' })
  const x = g.input('x', 'float32', [1, channels, 1, 2])
  const blocked = g.node('ReorderInput', [x], {}, { domain: 'com.microsoft.nchwc' })
  g.output('y', blocked, 'float32', [1, channels, 1, 2])
  try {
    const session = await engine.open({ bytes: g.build() }, { threads: 1 })
    const numbers = Float32Array.from({ length: channels * 2 }, (_, i) => i)
    const given = new engine.Tensor('float32', numbers, [1, channels, 1, 2])
    const { y } = await session.run({ x: given }, { logSeverityLevel: 4 })
    await session.release()
    const block = (y!.data as Float32Array).indexOf(1)
    return block > 1 ? block : undefined
  } catch {
    // WebAssembly and some processors have no such operators.
    return undefined
  }
}
