// Where in the user's own code something went wrong.

// Frames of this package: its sources and its compiled files; in a checkout, tests beside the sources are users.
const own = /\/(?:dist|src)\/(?:base|engine|learn)\/(?!.*\.test\.)/

/** ' at file:line:column' of the innermost frame outside of this package; '' when there is none. */
export function userLine(): string {
  const limit = Error.stackTraceLimit
  // A model of many nested layers is deeper than the ten frames that are kept by default.
  Error.stackTraceLimit = 100
  const { stack = '' } = new Error('where')
  Error.stackTraceLimit = limit
  for (const line of stack.split('\n').slice(1)) {
    const place = /\(?((?:file:\/\/|\/|[A-Za-z]:\\)[^()]*:\d+:\d+)\)?$/.exec(line)?.[1]
    if (place !== undefined && !own.test(place) && !place.includes('node:')) return ` at ${place}`
  }
  return ''
}
