import type { Area } from '../area'

export const accessArea: Area = {
  title: 'Access',
  isFor: (self) => self.isAdmin,
  links: [
    { title: 'Users', to: '/access/users' },
    { title: 'Groups', to: '/access/groups' },
    { title: 'Clients', to: '/access/clients' },
    { title: 'Audit log', to: '/access/audit' },
  ],
  routes: [
    { path: 'access/users', lazy: async () => ({ Component: (await import('./Users')).Users }) },
    { path: 'access/users/new', lazy: async () => ({ Component: (await import('./CreateUser')).CreateUser }) },
    { path: 'access/users/:id', lazy: async () => ({ Component: (await import('./User')).User }) },
    { path: 'access/groups', lazy: async () => ({ Component: (await import('./Groups')).Groups }) },
    { path: 'access/groups/new', lazy: async () => ({ Component: (await import('./CreateGroup')).CreateGroup }) },
    { path: 'access/groups/:id', lazy: async () => ({ Component: (await import('./Group')).Group }) },
    { path: 'access/clients', lazy: async () => ({ Component: (await import('./Clients')).Clients }) },
    { path: 'access/clients/new', lazy: async () => ({ Component: (await import('./CreateClient')).CreateClient }) },
    { path: 'access/clients/:id', lazy: async () => ({ Component: (await import('./Client')).Client }) },
    { path: 'access/audit', lazy: async () => ({ Component: (await import('./Audit')).Audit }) },
  ],
}
