// Where each part of a proxy stands in the drawing, and what leads to what.
import type { Edge, Node } from '@xyflow/react'
import type { Endpoint, Proxy, Stage, Step } from './model'

export type Box = { title: string; kind: string; condition: string; request: Step[]; response: Step[]; show: (policy: string) => void; [more: string]: unknown }

const columnWidth = 290
const gap = 28

const heightOf = (box: Box) => 74 + (box.condition ? 44 : 0) + (box.request.length > 0 ? 24 : 0) + (box.response.length > 0 ? 24 : 0) + 30 * (box.request.length + box.response.length)

/** Every proxy endpoint from left to right, one below the other: there by its request steps, back by its response steps. */
export function draw(proxy: Proxy, show: (policy: string) => void): { nodes: Node<Box>[]; edges: Edge[] } {
  const nodes: Node<Box>[] = []
  const edges: Edge[] = []
  let top = 0
  let lowest = 0
  const put = (id: string, column: number, row: number, box: Omit<Box, 'show'>) => {
    const data = { ...box, show } as Box
    nodes.push({ id, type: 'box', position: { x: column * columnWidth, y: row }, data })
    lowest = Math.max(lowest, row + heightOf(data))
    return row + heightOf(data) + gap
  }
  const join = (from: string, to: string) => edges.push({ id: `${from} > ${to}`, source: from, target: to })

  // An endpoint's flows: PreFlow, then one of the conditional flows, then PostFlow. Returns the column behind and its last part.
  const putStages = (endpoint: Endpoint, id: string, from: string[], column: number, row: number) => {
    const [before, after] = [endpoint.stages[0]!, endpoint.stages.at(-1)!]
    const flows = endpoint.stages.slice(1, -1)
    const one = (stage: Stage, kind: string) => ({ kind, title: stage.title, condition: stage.condition, request: stage.request, response: stage.response })
    put(`${id}/pre`, column, row, one(before, 'always'))
    from.forEach((source) => join(source, `${id}/pre`))
    let at = row
    flows.forEach((flow, index) => {
      at = put(`${id}/flow${index}`, column + 1, at, one(flow, 'the first that holds'))
      join(`${id}/pre`, `${id}/flow${index}`)
      join(`${id}/flow${index}`, `${id}/post`)
    })
    const last = column + (flows.length > 0 ? 2 : 1)
    put(`${id}/post`, last, row, one(after, 'always'))
    if (flows.length === 0) join(`${id}/pre`, `${id}/post`)
    return last + 1
  }

  for (const endpoint of proxy.endpoints) {
    const id = `proxy ${endpoint.name}`
    const empty = { condition: '', request: [], response: [] }
    put(id, 0, top, { kind: 'proxy endpoint', title: `${endpoint.name}: ${endpoint.address || '/'}`, ...empty })
    const column = putStages(endpoint, id, [id], 1, top)
    let row = top
    let below = top
    endpoint.routes.forEach((route, index) => {
      const routeId = `${id}/route${index}`
      const next = put(routeId, column, Math.max(row, below), { kind: 'route rule', title: route.name || 'route', ...empty, condition: route.condition })
      join(`${id}/post`, routeId)
      const target = proxy.targets.find((one) => one.name === route.target)
      if (target) {
        const at = Math.max(row, below)
        const targetId = `${routeId}/${target.name}`
        const end = putStages(target, targetId, [routeId], column + 1, at)
        put(`${targetId}/end`, end, at, { kind: 'target endpoint', title: `${target.name}: ${target.address}`, ...empty })
        join(`${targetId}/post`, `${targetId}/end`)
        below = lowest + gap
      } else {
        put(`${routeId}/end`, column + 1, Math.max(row, below), { kind: 'target', title: route.url || (route.target ? `${route.target} (not in the bundle)` : 'none: the proxy answers itself'), ...empty })
        join(routeId, `${routeId}/end`)
      }
      row = next
    })
    endpoint.faults.forEach((fault, index) => {
      const faultId = `${id}/fault${index}`
      put(faultId, 0, top + 110 + index * 150, { kind: 'on a fault', title: fault.name, condition: fault.condition, request: fault.steps, response: [] })
    })
    top = lowest + 2 * gap
  }
  return { nodes, edges }
}
