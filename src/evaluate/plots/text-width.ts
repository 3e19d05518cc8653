// How wide a text will be, without a canvas: Vega in Node would guess 0.8 em per letter, half too wide, and would measure
// with a canvas where one happens to be installed, so that plots would differ between machines.

/** Letter widths of Helvetica in thousandths of an em, from its Adobe font metrics: characters 32 to 126. */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
]

// DejaVu Sans, the widest of the usual system fonts, runs this much wider than Helvetica; Segoe UI and Roboto less.
const ALLOWANCE = 1.16

/** Width in pixels of a line of text in a sans-serif font of the given size. */
export function textWidth(text: string, fontSize: number): number {
  let thousandths = 0
  for (const letter of text) thousandths += letterWidth(letter.codePointAt(0)!)
  return (ALLOWANCE * thousandths * fontSize) / 1000
}

function letterWidth(code: number): number {
  if (code >= 32 && code <= 126) return WIDTHS[code - 32]!
  // Combining marks take no room; from Hangul on, most scripts are as wide as high.
  if (code >= 0x300 && code <= 0x36f) return 0
  return code >= 0x1100 ? 1000 : 600
}
