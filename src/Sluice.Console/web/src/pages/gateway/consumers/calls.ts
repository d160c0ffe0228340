// What the pages of developers, apps and products ask of the server, in one place.
import { gateway, must } from '../../../api/clients'
import type { components } from '../../../api/generated/gateway'

export type ProductRow = components['schemas']['Product']
export type DeveloperRow = components['schemas']['Developer']
export type AppRow = components['schemas']['App']

// The first thousand of each, as many as the server gives in one answer.
export async function listProducts(org: string): Promise<ProductRow[]> {
  const found = await must(gateway.GET('/v1/organizations/{org}/apiproducts', { params: { path: { org }, query: { expand: true } } }))
  return 'apiProduct' in found ? found.apiProduct : []
}

export async function listDevelopers(org: string): Promise<DeveloperRow[]> {
  const found = await must(gateway.GET('/v1/organizations/{org}/developers', { params: { path: { org }, query: { expand: true } } }))
  return 'developer' in found ? found.developer : []
}

export async function listApps(org: string): Promise<AppRow[]> {
  const found = await must(gateway.GET('/v1/organizations/{org}/apps', { params: { path: { org }, query: { expand: true } } }))
  return 'app' in found ? found.app : []
}

export async function listAppsOf(org: string, developer: string): Promise<AppRow[]> {
  const found = await must(gateway.GET('/v1/organizations/{org}/developers/{developer}/apps', { params: { path: { org, developer }, query: { expand: true } } }))
  return 'app' in found ? found.app : []
}

export const appPath = (developer: string, app: string) => `/gateway/developers/${encodeURIComponent(developer)}/apps/${encodeURIComponent(app)}`
