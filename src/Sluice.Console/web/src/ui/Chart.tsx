import { Skeleton, Text, useComputedColorScheme, VisuallyHidden } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { begin } from './chartEngine'

export type Series = { name: string; values: number[]; tone?: 'good' | 'bad' | 'plain' }

type Props = {
  title: string
  kind: 'line' | 'bar'
  /** What the points stand for, from left to right. */
  labels: string[]
  series: Series[]
  /** What stands behind a value, such as " ms". */
  unit?: string
  height?: number
}

// Told apart without colour too: by the legend, the tooltip and the table that is read out.
const tones = {
  light: { good: '#087f5b', bad: '#c92a2a', plain: '#1864ab', text: '#343a40', lines: '#ced4da', ground: '#ffffff' },
  dark: { good: '#38d9a9', bad: '#ff8787', plain: '#74c0fc', text: '#dee2e6', lines: '#5c5f66', ground: '#25262b' },
}
const usual = ['plain', 'good', 'bad'] as const

/** A chart, drawn once its library has come; who does not see it gets the numbers as a table. */
export function Chart({ title, kind, labels, series, unit = '', height = 220 }: Props) {
  const colours = tones[useComputedColorScheme('light')]
  const place = useRef<HTMLDivElement>(null)
  const [chart, setChart] = useState<ReturnType<typeof begin>>()
  const [isMissing, setMissing] = useState(false)

  useEffect(() => {
    let begun: ReturnType<typeof begin> | undefined
    let isGone = false
    import('./chartEngine').then(
      (engine) => {
        if (isGone || place.current === null) return
        begun = engine.begin(place.current)
        setChart(begun)
      },
      () => setMissing(true),
    )
    return () => {
      isGone = true
      begun?.end()
      setChart(undefined)
    }
  }, [])

  const drawing = JSON.stringify({
    kind,
    labels,
    series: series.map((one, at) => ({ name: one.name, values: one.values, colour: colours[one.tone ?? usual[at % usual.length]!] })),
    text: colours.text,
    lines: colours.lines,
    ground: colours.ground,
    unit,
  })
  // As text, so that it is drawn again when the numbers change and not whenever the page is.
  useEffect(() => chart?.draw(JSON.parse(drawing)), [chart, drawing])

  return (
    <figure style={{ margin: 0 }} aria-label={title}>
      <Text component="figcaption" fw={600} size="sm" mb={4}>
        {title}
      </Text>
      <div style={{ position: 'relative' }} aria-hidden>
        {!chart && !isMissing && <Skeleton height={height} pos="absolute" />}
        <div ref={place} style={{ height, width: '100%' }} />
      </div>
      {isMissing && <Text size="sm">The chart could not be drawn; reload the page to try again.</Text>}
      <VisuallyHidden>
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              {series.map((one) => (
                <th key={one.name} scope="col">
                  {one.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {labels.map((label, at) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {series.map((one) => (
                  <td key={one.name}>
                    {(one.values[at] ?? 0).toLocaleString()}
                    {unit}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </figure>
  )
}
