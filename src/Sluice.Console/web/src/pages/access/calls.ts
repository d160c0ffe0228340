// What several pages of the area ask of the server, in one place.
import { access, audience, must } from '../../api/clients'
import type { components as AccessParts } from '../../api/generated/access'
import type { components as AudienceParts } from '../../api/generated/audience'
import type { Ask } from '../../ui/DataTable'

export type UserRow = AccessParts['schemas']['User']
export type ClientRow = AccessParts['schemas']['Client']
export type GroupRow = AudienceParts['schemas']['Group']

const query = (ask: Ask) => ({ search: ask.search || undefined, limit: ask.size, offset: ask.start })

export async function userPage(ask: Ask) {
  const { items, total } = await must(access.GET('/api/sluice/v1/users', { params: { query: query(ask) } }))
  return { rows: items, total }
}

export async function clientPage(ask: Ask) {
  const { items, total } = await must(access.GET('/api/sluice/v1/clients', { params: { query: query(ask) } }))
  return { rows: items, total }
}

export async function listGroups(): Promise<GroupRow[]> {
  const groups = await must(audience.GET('/v1/groups/'))
  return 'list' in groups ? groups.list : groups
}

/** The names of the groups by their ids. */
export const groupKey = ['groups']

/** The people and accounts that may be in a group: the first thousand. */
export const listUsers = async () => (await must(access.GET('/api/sluice/v1/users', { params: { query: { limit: 1_000 } } }))).items
