import type { RouteObject } from 'react-router'
import type { components } from '../api/generated/access'

/** Who is signed in, and what they may do everywhere. */
export type Myself = components['schemas']['Myself']

/** A group of pages: what stands in the navigation, where each page is, and who may look there (everybody, if nothing is said). */
export type Area = { title: string; links: { title: string; to: string }[]; routes: RouteObject[]; isFor?: (self: Myself) => boolean }
