// What is asked of the server about proxies and shared flows: the same calls under two names.
import { gateway, must } from '../../../api/clients'
import type { components } from '../../../api/generated/gateway'

export type BundleKind = 'proxy' | 'sharedFlow'
export type BundleSummary = components['schemas']['BundleSummary']
export type BundleFault = components['schemas']['BundleFault']
export type Deployment = components['schemas']['Deployment']
type Environment = { org: string; env: string }

export const bundlePath = (kind: BundleKind, name: string) => `/gateway/${kind === 'proxy' ? 'proxies' : 'sharedflows'}/${encodeURIComponent(name)}`

export async function listBundles(kind: BundleKind, org: string): Promise<BundleSummary[]> {
  const params = { path: { org }, query: { includeRevisions: true } }
  if (kind === 'proxy') {
    const found = await must(gateway.GET('/v1/organizations/{org}/apis', { params }))
    return 'proxies' in found ? found.proxies : []
  }
  const found = await must(gateway.GET('/v1/organizations/{org}/sharedflows', { params }))
  return 'sharedFlows' in found ? found.sharedFlows : []
}

export function readBundle(kind: BundleKind, org: string, name: string) {
  const params = { path: { org, name } }
  return must(kind === 'proxy' ? gateway.GET('/v1/organizations/{org}/apis/{name}', { params }) : gateway.GET('/v1/organizations/{org}/sharedflows/{name}', { params }))
}

/** What is deployed in an environment, of one kind. */
export async function listDeployments(kind: BundleKind, path: Environment): Promise<Deployment[]> {
  const { deployments } = await must(gateway.GET('/v1/organizations/{org}/environments/{env}/deployments', { params: { path } }))
  return deployments.filter((one) => (kind === 'proxy' ? one.apiProxy : one.sharedFlow) !== undefined)
}

/** Stores an archive as the next revision of what it is called, or of what its descriptor says. */
export async function importBundle(kind: BundleKind, org: string, archive: File, name: string): Promise<{ name: string; revision: string }> {
  const sent = {
    params: { path: { org }, query: { action: 'import' as const, ...(name === '' ? {} : { name }) } },
    headers: { 'Content-Type': 'application/octet-stream' },
    body: archive as unknown as string, // bytes have no other type in OpenAPI
    bodySerializer: () => archive,
  }
  const made = await must(kind === 'proxy' ? gateway.POST('/v1/organizations/{org}/apis', sent) : gateway.POST('/v1/organizations/{org}/sharedflows', sent))
  if ('revision' in made) return made
  throw new Error('The server checked the archive and did not store it.')
}

/** Deploys a revision in place of what is deployed. */
export function deploy(kind: BundleKind, environment: Environment, name: string, revision: string): Promise<Deployment> {
  const params = { path: { ...environment, name, revision }, query: { override: true } }
  return must(
    kind === 'proxy'
      ? gateway.POST('/v1/organizations/{org}/environments/{env}/apis/{name}/revisions/{revision}/deployments', { params })
      : gateway.POST('/v1/organizations/{org}/environments/{env}/sharedflows/{name}/revisions/{revision}/deployments', { params }),
  )
}

export function undeploy(kind: BundleKind, environment: Environment, name: string, revision: string) {
  const params = { path: { ...environment, name, revision } }
  return must(
    kind === 'proxy'
      ? gateway.DELETE('/v1/organizations/{org}/environments/{env}/apis/{name}/revisions/{revision}/deployments', { params })
      : gateway.DELETE('/v1/organizations/{org}/environments/{env}/sharedflows/{name}/revisions/{revision}/deployments', { params }),
  )
}
