import type { Area } from '../area'

export const collectionArea: Area = {
  title: 'Collection',
  links: [{ title: 'Datasets', to: '/datasets' }],
  routes: [
    { path: 'datasets', lazy: async () => ({ Component: (await import('./Datasets')).Datasets }) },
    { path: 'datasets/:id', lazy: async () => ({ Component: (await import('./Dataset')).Dataset }) },
  ],
}
