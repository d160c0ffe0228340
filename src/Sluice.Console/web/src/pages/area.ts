import type { RouteObject } from 'react-router'

/** A group of pages: what stands in the navigation, and where each page is. */
export type Area = { title: string; links: { title: string; to: string }[]; routes: RouteObject[] }
