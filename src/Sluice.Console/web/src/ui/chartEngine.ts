// The parts of the chart library that are drawn with, and no others: this file is fetched by the first page that has a chart.
import { BarChart, LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, SVGRenderer])

export type Drawing = { kind: 'line' | 'bar'; labels: string[]; series: { name: string; values: number[]; colour: string }[]; text: string; lines: string; ground: string; unit: string }

/** Draws into an element; what it returns redraws, follows the element's size, and lets go of it. */
export function begin(element: HTMLElement) {
  const chart = init(element, null, { renderer: 'svg' })
  const watch = new ResizeObserver(() => chart.resize())
  watch.observe(element)
  return {
    draw(drawing: Drawing) {
      const axis = { axisLabel: { color: drawing.text }, axisLine: { lineStyle: { color: drawing.lines } } }
      chart.setOption(
        {
          animation: false,
          grid: { left: 8, right: 16, top: drawing.series.length > 1 ? 36 : 16, bottom: 8, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
          legend: { show: drawing.series.length > 1, top: 0, textStyle: { color: drawing.text } },
          tooltip: {
            trigger: 'axis',
            backgroundColor: drawing.ground,
            borderColor: drawing.lines,
            textStyle: { color: drawing.text },
            valueFormatter: (value: unknown) => `${Number(value).toLocaleString()}${drawing.unit}`,
          },
          xAxis: { type: 'category', data: drawing.labels, ...axis, axisTick: { show: false } },
          yAxis: { type: 'value', minInterval: 1, ...axis, splitLine: { lineStyle: { color: drawing.lines, opacity: 0.4 } } },
          series: drawing.series.map((one) => ({
            type: drawing.kind,
            name: one.name,
            data: one.values,
            color: one.colour,
            barMaxWidth: 24,
            showSymbol: drawing.labels.length < 40,
            symbolSize: 6,
            ...(drawing.kind === 'line' ? { areaStyle: { opacity: 0.12 } } : {}),
          })),
        },
        { notMerge: true },
      )
    },
    end() {
      watch.disconnect()
      chart.dispose()
    },
  }
}
