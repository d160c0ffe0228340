import type { Area } from '../area'

export const gatewayArea: Area = {
  title: 'Gateway',
  links: [
    { title: 'Proxies', to: '/gateway/proxies' },
    { title: 'Caches', to: '/gateway/caches' },
  ],
  routes: [
    { path: 'gateway/proxies', lazy: async () => ({ Component: (await import('./Proxies')).Proxies }) },
    { path: 'gateway/proxies/:name', lazy: async () => ({ Component: (await import('./Proxy')).Proxy }) },
    { path: 'gateway/proxies/:name/trace/:revision/:session', lazy: async () => ({ Component: (await import('./Trace')).Trace }) },
    { path: 'gateway/caches', lazy: async () => ({ Component: (await import('./Caches')).Caches }) },
    { path: 'gateway/caches/:cache', lazy: async () => ({ Component: (await import('./Cache')).Cache }) },
  ],
}
