// What several pages of the area ask of the server, in one place.
import { answered, collection, must } from '../../api/clients'
import type { components } from '../../api/generated/collection'
import type { Ask } from '../../ui/DataTable'
import type { Option } from '../../ui/PickFromServer'

export type DatasetRow = { id: string; dataset: components['schemas']['DatasetMembers'] & { description?: string } }
export type BatchRow = { id: string; batch: components['schemas']['BatchMembers'] }
export type ConnectionRow = components['schemas']['Connection'] & { description?: string }

export const profileTag = 'unifiedProfile'

export const isForProfiles = (dataset: DatasetRow['dataset']) => dataset.tags?.[profileTag]?.includes('enabled:true') ?? false

const orderOf = (ask: Ask) => (ask.sort === '' ? undefined : `${ask.isDown ? 'desc' : 'asc'}:${ask.sort}`)

const totalOf = (headers: Headers) => Number(headers.get('x-sluice-total') ?? NaN)

export async function datasetPage(ask: Ask, property: string[] = []) {
  const query = { limit: ask.size, start: ask.start, search: ask.search || undefined, orderBy: orderOf(ask), count: true, property }
  const { data, headers } = await answered(collection.GET('/data/foundation/catalog/dataSets', { params: { query } }))
  return { rows: Object.entries(data).map(([id, dataset]): DatasetRow => ({ id, dataset })), total: totalOf(headers) }
}

export async function batchPage(ask: Ask, more: { dataSet?: string; status?: string; createdAfter?: number }) {
  const query = { limit: ask.size, start: ask.start, search: ask.search || undefined, orderBy: orderOf(ask), count: true, ...more }
  const { data, headers } = await answered(collection.GET('/data/foundation/catalog/batches', { params: { query } }))
  return { rows: Object.entries(data).map(([id, batch]): BatchRow => ({ id, batch })), total: totalOf(headers) }
}

export async function dataset(id: string): Promise<DatasetRow['dataset']> {
  return Object.values(await must(collection.GET('/data/foundation/catalog/dataSets/{datasetId}', { params: { path: { datasetId: id } } })))[0]!
}

export async function findDatasets(text: string): Promise<Option[]> {
  const { rows } = await datasetPage({ search: text, sort: '', isDown: false, start: 0, size: 25 })
  return rows.map(({ id, dataset }) => ({ value: id, label: dataset.name ?? id }))
}

const foundSchemas = async (text: string) =>
  (
    await must(
      collection.GET('/data/foundation/schemaregistry/tenant/{type}', {
        params: { path: { type: 'schemas' }, query: { limit: 25, offset: 0, orderby: 'title', search: text || undefined }, header: { Accept: 'application/vnd.adobe.xed-id+json' } },
      }),
    )
  ).results

export const findSchemas = async (text: string): Promise<Option[]> => (await foundSchemas(text)).map((one) => ({ value: one.$id, label: one.title ?? one.$id }))

/** The titles of schemas by their ids: of the first five hundred, which is all where people name them by hand. */
export const schemaTitles = async () => {
  const query = { limit: 500, offset: 0, orderby: 'title' }
  const { results } = await must(collection.GET('/data/foundation/schemaregistry/tenant/{type}', { params: { path: { type: 'schemas' }, query, header: { Accept: 'application/vnd.adobe.xed-id+json' } } }))
  return new Map(results.map((one) => [one.$id, one.title]))
}

/** The name by which a schema's page is addressed. */
export const schemaPath = (id: string) => `/schemas/${encodeURIComponent(`_${id.replace(/^https?:\/\/[^/]+\//, '').replaceAll('/', '.')}`)}`

export const sampleOf = (schemaId: string): Promise<Record<string, unknown>> => must(collection.GET('/data/foundation/schemaregistry/rpc/sampledata/{id}', { params: { path: { id: schemaId } } }))
