// The schema registry as the pages use it.
import { collection, must } from '../../api/clients'
import type { components } from '../../api/generated/collection'
import type { Ask } from '../../ui/DataTable'

export type Resource = components['schemas']['Resource'] & {
  description?: string
  'meta:class'?: string
  'meta:extends'?: string[]
  'meta:intendedToExtend'?: string[]
  'meta:immutableTags'?: string[]
  'meta:tenantNamespace'?: string
  'meta:descriptors'?: Descriptor[]
  'meta:registryMetadata'?: { 'repo:createdDate': number; 'repo:lastModifiedDate': number }
  allOf?: { $ref?: string }[]
}

export type Descriptor = { '@id': string; '@type': string; 'xdm:sourceProperty'?: string; 'xdm:namespace'?: string; 'xdm:isPrimary'?: boolean }

/** A schema below a schema, with everything that applies to it already in it. */
export type Field = {
  type?: string
  title?: string
  description?: string
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  enum?: unknown[]
  const?: unknown
  'meta:enum'?: Record<string, string>
  'meta:xdmType'?: string
  required?: string[]
  properties?: Record<string, Field>
  items?: Field
  additionalProperties?: Field | boolean
}

export type Kind = 'classes' | 'fieldgroups' | 'schemas'

const whole = 'application/vnd.adobe.xed+json'
const lastModified = 'meta:registryMetadata.repo:lastModifiedDate'

export const sorts = { title: 'title', modified: lastModified, version: 'version' }

export async function schemaPage(ask: Ask) {
  const query = { limit: ask.size, offset: ask.start, search: ask.search || undefined, orderby: `${ask.isDown ? '-' : ''}${ask.sort || 'title'}` }
  const page = await must(collection.GET('/data/foundation/schemaregistry/tenant/{type}', { params: { path: { type: 'schemas' }, query, header: { Accept: whole } } }))
  return { rows: page.results as Resource[], total: page._page.total }
}

/** All classes or field groups that there are: the published ones and the organization's own. */
export async function everyOf(type: Kind): Promise<Resource[]> {
  const query = { limit: 500, offset: 0, orderby: 'title' }
  const header = { Accept: whole }
  const [published, own] = await Promise.all([
    must(collection.GET('/data/foundation/schemaregistry/global/{type}', { params: { path: { type }, query, header } })),
    must(collection.GET('/data/foundation/schemaregistry/tenant/{type}', { params: { path: { type }, query, header } })),
  ])
  return [...own.results, ...published.results] as Resource[]
}

/** A schema with its references resolved, and with its descriptors. */
export const wholeSchema = async (id: string) =>
  (await must(
    collection.GET('/data/foundation/schemaregistry/tenant/{type}/{id}', { params: { path: { type: 'schemas', id }, header: { Accept: 'application/vnd.adobe.xed-full-desc+json; version=1' } } }),
  )) as Resource & Field

/** A schema as its author wrote it: what it is made of. */
export const writtenSchema = async (id: string) =>
  (await must(
    collection.GET('/data/foundation/schemaregistry/tenant/{type}/{id}', { params: { path: { type: 'schemas', id }, header: { Accept: 'application/vnd.adobe.xed+json; version=1' } } }),
  )) as Resource & Field

export const tenant = async () => (await must(collection.GET('/data/foundation/schemaregistry/stats'))).tenantId

/** The types one can choose, in JSON Schema's words. */
export const fieldTypes: Record<string, { label: string; schema: Record<string, unknown> }> = {
  string: { label: 'Text', schema: { type: 'string' } },
  integer: { label: 'Whole number', schema: { type: 'integer' } },
  number: { label: 'Number', schema: { type: 'number' } },
  boolean: { label: 'Yes or no', schema: { type: 'boolean' } },
  'date-time': { label: 'Date and time', schema: { type: 'string', format: 'date-time' } },
  date: { label: 'Date', schema: { type: 'string', format: 'date' } },
  email: { label: 'E-mail address', schema: { type: 'string', format: 'email' } },
  strings: { label: 'List of texts', schema: { type: 'array', items: { type: 'string' } } },
}
