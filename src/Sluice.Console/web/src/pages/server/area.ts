import type { Area } from '../area'

export const serverArea: Area = {
  title: 'Server',
  links: [{ title: 'Settings and health', to: '/settings' }],
  routes: [{ path: 'settings', lazy: async () => ({ Component: (await import('./Settings')).Settings }) }],
}
