import type { Area } from '../area'

export const collectionArea: Area = {
  title: 'Collection',
  isFor: (self) => self.wildcards.includes('VIEW_COLLECTION'),
  links: [
    { title: 'Datasets', to: '/datasets' },
    { title: 'Schemas', to: '/schemas' },
    { title: 'Connections', to: '/connections' },
    { title: 'Failed messages', to: '/failed' },
    { title: 'Live messages', to: '/live' },
    { title: 'Trace a message', to: '/trace' },
  ],
  routes: [
    { path: 'datasets', lazy: async () => ({ Component: (await import('./Datasets')).Datasets }) },
    { path: 'datasets/new', lazy: async () => ({ Component: (await import('./CreateDataset')).CreateDataset }) },
    { path: 'datasets/:id', lazy: async () => ({ Component: (await import('./Dataset')).Dataset }) },
    { path: 'datasets/:id/batches/:batch', lazy: async () => ({ Component: (await import('./Batch')).Batch }) },
    { path: 'schemas', lazy: async () => ({ Component: (await import('./Schemas')).Schemas }) },
    { path: 'schemas/new', lazy: async () => ({ Component: (await import('./CreateSchema')).CreateSchema }) },
    { path: 'schemas/:id', lazy: async () => ({ Component: (await import('./Schema')).Schema }) },
    { path: 'connections', lazy: async () => ({ Component: (await import('./Connections')).Connections }) },
    { path: 'connections/new', lazy: async () => ({ Component: (await import('./CreateConnection')).CreateConnection }) },
    { path: 'connections/:id', lazy: async () => ({ Component: (await import('./Connection')).Connection }) },
    { path: 'failed', lazy: async () => ({ Component: (await import('./FailedGroups')).FailedGroups }) },
    { path: 'failed/:fingerprint', lazy: async () => ({ Component: (await import('./FailedGroup')).FailedGroup }) },
    { path: 'live', lazy: async () => ({ Component: (await import('./Live')).Live }) },
    { path: 'trace', lazy: async () => ({ Component: (await import('./MessageTrace')).MessageTrace }) },
  ],
}
