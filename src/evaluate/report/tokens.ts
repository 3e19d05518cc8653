// Colors by role for light and dark, and their places in drawings: a plot names its roles by the hexadecimal values of
// the plot theme, the page exchanges them for these tokens.
import { categories, palette } from '../plots/index.js'

const light = {
  ink: palette.ink,
  muted: palette.muted,
  hairline: palette.hairline,
  neutral: palette.neutral,
  accent: palette.accent,
  warning: palette.warning,
  heat: palette.heat,
  'heat-opposite': palette.heatOpposite,
  paper: palette.paper,
  panel: '#f6f7f9',
  tint: '#edf2fc',
  serious: '#b3261e',
}

const dark: Readonly<Record<keyof typeof light, string>> = {
  ink: '#e7eaee',
  muted: '#a2abb6',
  hairline: '#2d333b',
  neutral: '#737d89',
  accent: '#82abff',
  warning: '#f2a65a',
  heat: '#3f5fa6',
  'heat-opposite': '#8a5423',
  paper: '#14171b',
  panel: '#1b1f25',
  tint: '#1c2638',
  serious: '#ff8a80',
}

/** The six hues of classes, lifted for a dark page. */
const darkCategories = ['#82abfe', '#f2a659', '#4fc7bd', '#c3a2f0', '#f08bb1', '#b9c65a']

const declare = (tokens: Readonly<Record<string, string>>, hues: readonly string[]): string =>
  [...Object.entries(tokens), ...hues.map((hue, i) => [`hue-${i}`, hue] as const)]
    .map(([name, value]) => `--${name}:${value}`)
    .join(';')

/** The declarations of all tokens. */
export const tokenStyle = `:root{color-scheme:light dark;${declare(light, categories)}}
@media screen and (prefers-color-scheme:dark){:root{${declare(dark, darkCategories)}}}`

const byColor = new Map<string, string>([
  ...Object.entries(palette).map(
    ([role, hex]) => [hex, role === 'heatOpposite' ? 'heat-opposite' : role] as const,
  ),
  ...categories.map((hex, i) => [hex, `hue-${i}`] as const),
])

/** Exchanges the colors of a drawing for tokens. */
export function withTokens(svg: string): string {
  return svg.replace(/\b(fill|stroke)="(#[0-9a-f]{6})"/g, (attribute, name: string, hex: string) => {
    const token = byColor.get(hex)
    return token === undefined ? attribute : `${name}="var(--${token})"`
  })
}
