// A plot that was saved as a specification. Its expressions are interpreted, never made into code, which the page's policy forbids.
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import embed from 'vega-embed'
import { expressionInterpreter } from 'vega-interpreter'

/** The colors of the page, where the specification does not say others. */
function inkOf(element: Element) {
  const style = getComputedStyle(element)
  const [text, line] = [style.getPropertyValue('--mantine-color-text'), style.getPropertyValue('--line')]
  const labels = { labelColor: text, titleColor: text }
  return {
    background: 'transparent',
    view: { stroke: line },
    axis: { ...labels, gridColor: line, domainColor: line, tickColor: line },
    legend: labels,
    title: { color: text },
    header: labels,
  }
}

export function VegaPlot({ spec }: { readonly spec: object }) {
  const place = useRef<HTMLDivElement>(null)
  const [fault, setFault] = useState<string>()
  const scheme = useComputedColorScheme('light')
  useEffect(() => {
    let gone = false
    let end: (() => void) | undefined
    const draw = async (): Promise<void> => {
      try {
        const { finalize } = await embed(place.current!, spec as never, {
          ast: true,
          expr: expressionInterpreter,
          actions: false,
          renderer: 'svg',
          config: inkOf(place.current!),
          // Only what is in the file: a specification may name any address.
          loader: {
            load: () => Promise.reject(new Error('Data from other addresses is not loaded.')),
          } as never,
        })
        if (gone) finalize()
        else end = finalize
      } catch (error) {
        setFault((error as Error).message)
      }
    }
    void draw()
    return () => {
      gone = true
      end?.()
    }
  }, [spec, scheme])
  return (
    <div className="section-body">
      <div ref={place} />
      {fault !== undefined && <p className="fault">The plot cannot be drawn: {fault}</p>}
    </div>
  )
}
