// A canvas that is sharp on every screen, in the colors of the page.
import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useRef } from 'react'

/** Colors that charts take from the style sheet. */
export interface Ink {
  readonly text: string
  readonly dimmed: string
  readonly line: string
  readonly accent: string
  readonly surface: string
}

export interface Sheet {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  readonly ink: Ink
}

/** Draws anew whenever `draw`, the size or the color scheme changes. */
export function useCanvas(height: number, draw: (sheet: Sheet) => void) {
  const { ref: box, width } = useElementSize()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    const element = canvas.current
    if (element === null || width === 0) return
    const ratio = window.devicePixelRatio
    element.width = Math.round(width * ratio)
    element.height = Math.round(height * ratio)
    const context = element.getContext('2d')!
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, width, height)
    draw({ context, width, height, ink: inkOf(element) })
  }, [width, height, draw, scheme])
  return { box, canvas, width }
}

function inkOf(element: Element): Ink {
  const style = getComputedStyle(element)
  const of = (name: string): string => style.getPropertyValue(name).trim()
  return {
    text: of('--mantine-color-text'),
    dimmed: of('--mantine-color-dimmed'),
    line: of('--line'),
    accent: of('--accent'),
    surface: of('--surface'),
  }
}
