// From the server's steps to the points of a chart.
import type { components } from '../../api/generated/access'

type Overview = components['schemas']['Overview']

const levels = ['landingLagBytes', 'profilesLagBytes']
const mostPoints = 120

/** The same with so many steps put together that a chart can show them: what was counted is added up, a level is the highest. */
export function gather(overview: Overview): Overview {
  const size = Math.ceil(overview.at.length / mostPoints)
  if (size <= 1) return overview
  const together = Object.entries(overview).map(([name, values]) => {
    if (!Array.isArray(values) || name === 'doors') return [name, values]
    const parts = Array.from({ length: Math.ceil(values.length / size) }, (_, at) => (values as number[]).slice(at * size, (at + 1) * size))
    return [name, parts.map((part) => (name === 'at' ? part.at(-1)! : levels.includes(name) ? Math.max(...part) : total(part)))]
  })
  return { ...(Object.fromEntries(together) as Overview), stepSeconds: overview.stepSeconds * size }
}

export const total = (values: number[]) => values.reduce((sum, one) => sum + one, 0)

export const rate = (values: number[], seconds: number) => values.map((one) => Math.round((100 * one) / seconds) / 100)

/** A part of a whole; of nothing there is none. */
export const share = (part: number, whole: number) => (whole === 0 ? undefined : part / whole)

export const labelOf = (at: number, minutes: number) =>
  new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', ...(minutes <= 30 ? { second: '2-digit' } : {}) })
