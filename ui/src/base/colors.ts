// Colors of runs: distinct for eyes of all kinds, readable on light and on dark, and the same for a run on every chart of a page.

/** After Okabe and Ito's palette, darkened or lightened until each has contrast of 3 and more on both grounds. */
const palette = [
  '#4c72d9',
  '#d9681d',
  '#1f9d78',
  '#c2458f',
  '#8a6fd1',
  '#b58a00',
  '#2b93c4',
  '#d1495b',
  '#6b8e23',
  '#8c6d5a',
] as const

export const colorAt = (index: number): string => palette[index % palette.length]!

/** Eleventh and later runs repeat a color with another dash. */
export const dashAt = (index: number): readonly number[] =>
  [[], [6, 3], [2, 3], [8, 3, 2, 3]][Math.floor(index / palette.length) % 4]!
