// Slows down those who try keys: after some wrong ones an address waits, longer each time.

/** Wrong keys that a mistake explains: a deployment with an old key tries several times before anybody looks. */
const freeFailures = 10
/** Milliseconds of the first wait; it doubles with each further wrong key. */
const firstWait = 1000
/** A minute: 2⁻²⁵⁶ × one try a minute is never, and an owner who mended the key need not wait long. */
const longestWait = 60_000
/** After ten quiet minutes an address is as good as new. */
const forgetAfter = 600_000
/** Addresses that are remembered: two megabytes; the one silent for longest goes first. */
const mostAddresses = 10_000

export interface GuessLimit {
  /** Milliseconds that this address has to wait; 0 when it may try. */
  wait(address: string): number
  /** Notes a wrong key; how many there have been. */
  failed(address: string): number
}

/** @param time - milliseconds, from whenever */
export function guessLimit(time: () => number): GuessLimit {
  const failures = new Map<
    string,
    { readonly count: number; readonly last: number; readonly until: number }
  >()
  return {
    wait: (address) => Math.max(0, (failures.get(networkOf(address))?.until ?? 0) - time()),
    failed(address) {
      const network = networkOf(address)
      const before = failures.get(network)
      const now = time()
      const count = before === undefined || now - before.last > forgetAfter ? 1 : before.count + 1
      const excess = count - freeFailures
      const until = excess < 0 ? 0 : now + Math.min(longestWait, firstWait * 2 ** excess)
      failures.delete(network)
      failures.set(network, { count, last: now, until })
      if (failures.size > mostAddresses) failures.delete(failures.keys().next().value!)
      return count
    },
  }
}

/** Whoever has an address of IPv6 has 2⁶⁴ of them. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const middle = address.includes('::')
    ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
    : []
  return [...left, ...middle, ...right].slice(0, 4).join(':')
}
