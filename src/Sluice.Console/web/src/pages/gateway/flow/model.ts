// What a bundle's XML says of the way of a request, in the order in which it goes.

export type Step = { policy: string; condition: string }
/** A flow: what it runs on the way there and on the way back. */
export type Stage = { title: string; condition: string; request: Step[]; response: Step[] }
export type Route = { name: string; condition: string; target: string; url: string }
export type Endpoint = { name: string; isTarget: boolean; address: string; stages: Stage[]; routes: Route[]; faults: { name: string; condition: string; steps: Step[] }[] }
export type Policy = { name: string; type: string; xml: string }
export type Proxy = { endpoints: Endpoint[]; targets: Endpoint[]; policies: Map<string, Policy> }

export function readProxy(files: Map<string, string>): Proxy {
  const roots = [...files].map(([path, xml]) => ({ path, xml, root: new DOMParser().parseFromString(xml, 'application/xml').documentElement }))
  const below = (folder: string) => roots.filter((one) => one.path.startsWith(folder) && one.root.nodeName !== 'parsererror')
  return {
    endpoints: below('proxies/').map(({ root }) => readEndpoint(root, false)),
    targets: below('targets/').map(({ root }) => readEndpoint(root, true)),
    policies: new Map(below('policies/').map(({ root, path, xml }) => [nameOf(root) || path.replace(/^policies\/|\.xml$/g, ''), { name: nameOf(root), type: root.nodeName, xml }])),
  }
}

function readEndpoint(root: Element, isTarget: boolean): Endpoint {
  const flows = children(child(root, 'Flows'), 'Flow').map((flow) => stageOf(flow, nameOf(flow) || 'Flow'))
  const ends = [child(root, 'FaultRules') ? children(child(root, 'FaultRules'), 'FaultRule') : [], children(root, 'DefaultFaultRule')].flat()
  return {
    name: nameOf(root) || 'default',
    isTarget,
    address: isTarget ? targetOf(root) : text(child(root, 'HTTPProxyConnection'), 'BasePath'),
    stages: [stageOf(child(root, 'PreFlow'), 'PreFlow'), ...flows, stageOf(child(root, 'PostFlow'), 'PostFlow')],
    routes: children(root, 'RouteRule').map((rule) => ({ name: nameOf(rule), condition: text(rule, 'Condition'), target: text(rule, 'TargetEndpoint'), url: text(rule, 'URL') })),
    faults: ends.map((rule) => ({ name: nameOf(rule) || rule.nodeName, condition: text(rule, 'Condition'), steps: stepsOf(rule) })),
  }
}

const stageOf = (flow: Element | undefined, title: string): Stage => ({ title, condition: text(flow, 'Condition'), request: stepsOf(child(flow, 'Request')), response: stepsOf(child(flow, 'Response')) })

const stepsOf = (parent: Element | undefined): Step[] => children(parent, 'Step').map((step) => ({ policy: text(step, 'Name'), condition: text(step, 'Condition') }))

function targetOf(root: Element): string {
  const connection = child(root, 'HTTPTargetConnection') ?? child(root, 'LocalTargetConnection')
  const servers = children(child(connection, 'LoadBalancer'), 'Server').map(nameOf)
  return text(connection, 'URL') || (servers.length > 0 ? `servers ${servers.join(', ')}` : text(connection, 'APIProxy') || text(connection, 'Path') || root.querySelector('*')?.nodeName || '')
}

const children = (parent: Element | undefined, name: string) => [...(parent?.children ?? [])].filter((one) => one.nodeName === name)

const child = (parent: Element | undefined, name: string) => children(parent, name)[0]

const text = (parent: Element | undefined, name: string) => child(parent, name)?.textContent?.trim().replace(/\s+/g, ' ') ?? ''

const nameOf = (element: Element) => element.getAttribute('name') ?? ''
