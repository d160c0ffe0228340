// The rights there are, as the matrix shows them: a row for each kind of object, a column for each right.
import type { components } from '../../api/generated/audience'

export type Right = components['schemas']['Right']
export type ObjectType = 'TRAIT' | 'SEGMENT' | 'DESTINATION'
export type Permission = { objectType: ObjectType; objectId: number; permissions: Right[] }

export const columns: { right: Right; title: string }[] = [
  { right: 'READ', title: 'See' },
  { right: 'CREATE', title: 'Create' },
  { right: 'WRITE', title: 'Change' },
  { right: 'DELETE', title: 'Delete' },
  { right: 'MAP_TO_SEGMENTS', title: 'Use in segments' },
  { right: 'MAP_TO_MODELS', title: 'Use in models' },
  { right: 'MAP_TO_DESTINATIONS', title: 'Send to destinations' },
  { right: 'CREATE_ALGO_TRAITS', title: 'Create from models' },
]

type Kind = { type: ObjectType; title: string; wildcards: Partial<Record<Right, string>> }

export const kinds: Kind[] = [
  {
    type: 'TRAIT',
    title: 'Traits',
    wildcards: {
      READ: 'VIEW_ALL_TRAITS', CREATE: 'CREATE_ALL_TRAITS', WRITE: 'EDIT_ALL_TRAITS', DELETE: 'DELETE_ALL_TRAITS',
      MAP_TO_SEGMENTS: 'MAP_ALL_TO_SEGMENTS', MAP_TO_MODELS: 'MAP_ALL_TRAITS_TO_MODELS', CREATE_ALGO_TRAITS: 'CREATE_ALL_ALGO_TRAITS',
    },
  },
  {
    type: 'SEGMENT',
    title: 'Segments',
    wildcards: {
      READ: 'VIEW_ALL_SEGMENTS', CREATE: 'CREATE_ALL_SEGMENTS', WRITE: 'EDIT_ALL_SEGMENTS', DELETE: 'DELETE_ALL_SEGMENTS',
      MAP_TO_MODELS: 'MAP_ALL_SEGMENTS_TO_MODELS', MAP_TO_DESTINATIONS: 'MAP_ALL_TO_DESTINATIONS',
    },
  },
  {
    type: 'DESTINATION',
    title: 'Destinations',
    wildcards: { READ: 'VIEW_ALL_DESTINATIONS', CREATE: 'CREATE_DESTINATIONS', WRITE: 'EDIT_ALL_DESTINATIONS', DELETE: 'DELETE_ALL_DESTINATIONS' },
  },
]

/** Rights on whole parts of the program. */
export const areaRights: { title: string; wildcards: Partial<Record<Right, string>> }[] = [
  { title: 'Collection', wildcards: { READ: 'VIEW_COLLECTION', WRITE: 'EDIT_COLLECTION' } },
  { title: 'Gateway', wildcards: { READ: 'VIEW_GATEWAY', WRITE: 'EDIT_GATEWAY' } },
  {
    title: 'Derived signals',
    wildcards: { READ: 'VIEW_DERIVED_SIGNALS', CREATE: 'CREATE_DERIVED_SIGNALS', WRITE: 'EDIT_DERIVED_SIGNALS', DELETE: 'DELETE_DERIVED_SIGNALS' },
  },
  { title: 'Signals', wildcards: { READ: 'VIEW_ALL_SIGNALS' } },
  { title: 'Models', wildcards: { READ: 'VIEW_MODELS' } },
  { title: 'Tags', wildcards: { READ: 'VIEW_TAGS' } },
  { title: 'Test groups of segments', wildcards: { WRITE: 'MANAGE_SEGMENT_TEST_GROUPS' } },
]
