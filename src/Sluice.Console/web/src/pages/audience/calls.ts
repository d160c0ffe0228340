// What several pages of the area ask of the server, in one place.
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import type { Ask, Rows } from '../../ui/DataTable'
import type { Option } from '../../ui/PickFromServer'
import { ask } from './refusal'

type Schemas = components['schemas']
export type SourceRow = Schemas['DataSource']
export type TraitRow = Schemas['Trait']
export type SegmentRow = Schemas['Segment']
export type DestinationRow = Schemas['DestinationRow']
export type FolderRow = Schemas['Folder']
export type ProfileIdRow = Schemas['ProfileId']
export type ChangeRow = Schemas['MembershipChange']
export type Family = 'traits' | 'segments'

/** How a list is asked for: the server searches, sorts and cuts. */
export const pageQuery = (wanted: Ask) => ({
  page: Math.floor(wanted.start / wanted.size),
  pageSize: wanted.size,
  sortBy: wanted.sort || undefined,
  descending: wanted.isDown || undefined,
  search: wanted.search || undefined,
})

/** A list comes plain or as a page of it; asked for a page, it comes as one. */
export function rowsOf<Row>(answer: Row[] | { total: number; list: Row[] }): Rows<Row> {
  return Array.isArray(answer) ? { rows: answer, total: answer.length } : { rows: answer.list, total: answer.total }
}

export const some = (search: string, size = 25): Ask => ({ search, sort: 'name', isDown: false, start: 0, size })

export const sourcePage = async (wanted: Ask) => rowsOf(await ask(audience.GET('/v1/datasources/', { params: { query: pageQuery(wanted) } })))

export const traitPage = async (wanted: Ask, more: { folderId?: number; dataSourceId?: number[]; includeMetrics?: boolean } = {}) =>
  rowsOf(await ask(audience.GET('/v1/traits/', { params: { query: { ...pageQuery(wanted), ...more } } })))

type SegmentFilter = { folderId?: number; dataSourceId?: number[]; containsTrait?: number; includeMetrics?: boolean }

export const segmentPage = async (wanted: Ask, more: SegmentFilter = {}) =>
  rowsOf(await ask(audience.GET('/v1/segments/', { params: { query: { ...pageQuery(wanted), ...more } } })))

export const destinationPage = async (wanted: Ask, more: { containsSegment?: number } = {}) =>
  rowsOf(await ask(audience.GET('/v1/destinations/', { params: { query: { ...pageQuery(wanted), ...more } } })))

/** A trait; never several, as its sid is one number. */
export const oneTrait = async (sid: string) => (await ask(audience.GET('/v1/traits/{sid}', { params: { path: { sid }, query: { includeMetrics: true } } }))) as TraitRow

const mostNames = 1_000

/** The names of traits by their sids; of those that are there. */
export async function traitNames(sids: number[]): Promise<Map<number, string>> {
  if (sids.length === 0) return new Map()
  const found = await ask(audience.GET('/v1/traits/{sid}', { params: { path: { sid: sids.slice(0, mostNames).join(',') } } }))
  return new Map((Array.isArray(found) ? found : [found]).map((one) => [one.sid, one.name]))
}

export const sidsOf = (rule: string) => [...new Set([...rule.matchAll(/\b(\d+)T\b/gi)].map((found) => Number(found[1])))]

// An id in the box finds its own first.
const byNumber = async <Row>(text: string, one: (id: string) => Promise<Row>): Promise<Row[]> => (/^\d+$/.test(text) ? await one(text).then((row) => [row]).catch(() => []) : [])

const distinct = (options: Option[]) => [...new Map(options.map((one) => [one.value, one])).values()]

export async function findSources(text: string): Promise<Option[]> {
  const own = await byNumber(text, (id) => ask(audience.GET('/v1/datasources/{dataSourceId}', { params: { path: { dataSourceId: Number(id) } } })))
  return distinct([...own, ...(await sourcePage(some(text))).rows].map((one) => ({ value: String(one.dataSourceId), label: one.name })))
}

export async function findTraits(text: string): Promise<Option[]> {
  const own = await byNumber(text, oneTrait)
  return distinct([...own, ...(await traitPage(some(text))).rows].map((one) => ({ value: String(one.sid), label: `${one.name} (${one.sid})` })))
}

export async function findSegments(text: string): Promise<Option[]> {
  const own = await byNumber(text, (id) => ask(audience.GET('/v1/segments/{sid}', { params: { path: { sid: id } } })))
  return distinct([...own, ...(await segmentPage(some(text))).rows].map((one) => ({ value: String(one.sid), label: `${one.name} (${one.sid})` })))
}

/** Traits and segments together: they share their numbers. */
export async function findSubjects(text: string): Promise<Option[]> {
  const plain = text.replace(/ \(\d+\)$/, '')
  const [traits, segments] = await Promise.all([traitPage(some(plain, 15)), segmentPage(some(plain, 15))])
  return [
    ...segments.rows.map((one) => ({ value: String(one.sid), label: `${one.name} (segment ${one.sid})` })),
    ...traits.rows.map((one) => ({ value: String(one.sid), label: `${one.name} (trait ${one.sid})` })),
  ]
}

export const folders = async (family: Family) => await ask(audience.GET(family === 'traits' ? '/v1/folders/traits/' : '/v1/folders/segments/'))

/** How ids of profiles are shown and linked. */
export const profilePath = (one: ProfileIdRow) => `/audience/profiles?namespace=${encodeURIComponent(one.namespace)}&id=${encodeURIComponent(one.id)}`

export const day = 24 * 60 * 60 * 1_000

/** The days that a trend shows. */
export const lastDays = (count: number, now = Date.now()) => ({ startDate: now - (count - 1) * day, endDate: now })

export const dayOf = (ms: number | string) => new Date(Number(ms)).toISOString().slice(0, 10)

/** How many of the changes of all segments are looked through for those of one. */
export const looksBack = 1_000

const shownChanges = 50

/** Who entered a segment or left it, the latest first. */
export async function latestChanges(segment: number): Promise<ChangeRow[]> {
  // Asked for as JSON; the other form of the answer is a stream.
  const read = async (query: { segment?: number; after?: number; limit: number }) => (await ask(audience.GET('/api/sluice/v1/segment-changes', { params: { query } }))) as Schemas['MembershipChanges']
  const { newest } = await read({ limit: 1 })
  const { changes } = await read({ segment, after: Math.max(0, newest - looksBack), limit: looksBack })
  return changes.toReversed().slice(0, shownChanges)
}
