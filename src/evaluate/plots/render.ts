// The only door to Vega: loaded on first use, no network, no canvas, the same bytes for the same specification.
import { InternalError } from '../../base/index.js'
import type { PlotSpec } from './spec.js'
import { textWidth } from './text-width.js'

/** Options of {@link renderSvg}. */
export interface RenderOptions {
  /** Begins the ids inside the drawing; give each drawing of a page its own. @default 'plot' */
  readonly idPrefix?: string | undefined
  /** Told what Vega finds doubtful in a specification. @default ignored */
  readonly onWarning?: ((message: string) => void) | undefined
}

type Vega = typeof import('vega')
type VegaLite = typeof import('vega-lite')
/** A text of Vega's scene: `limit` is the width at which it will be cut. */
interface TextItem {
  readonly fontSize?: number
  readonly limit?: number
}

/** Vega's own seam for those who draw without a canvas; its type declarations forget it. */
interface TextMetrics {
  width: (item: TextItem, text: unknown) => number
}

let engines: Promise<readonly [Vega, VegaLite]> | undefined
// Vega keeps its text measure and its id counters for the whole process, so drawings wait for each other.
let queue: Promise<unknown> = Promise.resolve()

/**
 * Draws a plot as SVG text.
 *
 * Compiles Vega-Lite to Vega and runs it without a display. Text is measured from a table of letter widths, so the
 * drawing does not depend on installed fonts. Cost: about half a second to load Vega once, then 10 to 40 ms a plot.
 *
 * @returns one `<svg>` element with role `img` and the description as its label
 * @throws {@link InternalError} when Vega does not accept the specification
 */
export function renderSvg(spec: PlotSpec, options: RenderOptions = {}): Promise<string> {
  const drawing = queue.then(() => draw(spec, options))
  queue = drawing.catch(() => undefined)
  return drawing
}

async function draw(spec: PlotSpec, { idPrefix = 'plot', onWarning }: RenderOptions): Promise<string> {
  engines ??= Promise.all([import('vega'), import('vega-lite')])
  const [vega, vegaLite] = await engines
  const logger = quietLogger(onWarning)
  const measure = (vega as unknown as { readonly textMetrics: TextMetrics }).textMetrics
  const before = measure.width
  measure.width = itemWidth
  try {
    const compiled = vegaLite.compile(spec as unknown as Parameters<VegaLite['compile']>[0], { logger })
    const view = new vega.View(vega.parse(compiled.spec), {
      renderer: 'none',
      logger,
      loader: closedLoader(vega),
    })
    vega.resetSVGDefIds()
    const svg = await view.toSVG()
    view.finalize()
    return tidy(svg, spec.description, idPrefix)
  } catch (error) {
    throw new InternalError(
      `Modelwright is at fault: a plot could not be drawn (${spec.description}). Please report this.`,
      { description: spec.description },
      error,
    )
  } finally {
    measure.width = before
  }
}

/** A text is never wider than where it will be cut: else a long name would push the plot out of its own frame. */
function itemWidth({ fontSize = 11, limit = 0 }: TextItem, text: unknown): number {
  const width = textWidth(String(text), fontSize)
  return limit > 0 ? Math.min(limit, width) : width
}

/** A loader that opens nothing: data is inline, and a name in the data must never make a request. */
function closedLoader(vega: Vega): ReturnType<Vega['loader']> {
  const refuse = (): Promise<never> => Promise.reject(new Error('plots load nothing'))
  return { ...vega.loader(), load: refuse, sanitize: refuse, http: refuse, file: refuse }
}

function quietLogger(onWarning: RenderOptions['onWarning']) {
  const logger = {
    level: () => logger,
    error: (...parts: readonly unknown[]) => (onWarning?.(parts.map(String).join(' ')), logger),
    warn: (...parts: readonly unknown[]) => (onWarning?.(parts.map(String).join(' ')), logger),
    info: () => logger,
    debug: () => logger,
  }
  return logger as unknown as import('vega').LoggerInterface
}

/** Rounds coordinates, makes ids unique in a page, and names the drawing for those who cannot see it. */
function tidy(svg: string, description: string, idPrefix: string): string {
  const size = /width="([\d.]+)" height="([\d.]+)" viewBox="([^"]*)"/.exec(svg)
  const body = svg.replace(/^<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '')
  const [width, height, box] = [size?.[1] ?? '0', size?.[2] ?? '0', size?.[3] ?? '0 0 0 0']
  const head = `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeAttribute(description)}" width="${width}" height="${height}" viewBox="${box}">`
  return `${head}${shorten(body, idPrefix)}</svg>`
}

/** Works inside tags only: texts are data and stay as they are. */
function shorten(body: string, idPrefix: string): string {
  return body.replace(/<[^>]*>/g, (tag) => shortenTag(tag, idPrefix))
}

function shortenTag(tag: string, idPrefix: string): string {
  return tag
    .replace(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
      // A hundredth of a pixel is not seen.
      attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) =>
        String(Math.round(Number(number) * 100) / 100),
      ),
    )
    .replace(/\b(id="|url\(#)((?:clip|gradient)_?\d+)/g, `$1${idPrefix}-$2`)
    .replace(CIRCLE, '<circle cx="$1" cy="$2" r="$3"')
    .replace(
      / class="[^"]*"| pointer-events="none"| aria-hidden="true"| aria-roledescription="[^"]*"| role="[^"]*"/g,
      '',
    )
}

/** Vega draws a dot as a path of two arcs: three times as long as the circle that it is. */
const CIRCLE =
  /^<path transform="translate\(([^,]+),([^)]+)\)" d="M([\d.]+),0A\3,\3,0,1,1,-\3,0A\3,\3,0,1,1,\3,0"/

const escapeAttribute = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[letter] ?? letter,
  )
