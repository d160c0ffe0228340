import type { Area } from '../area'

export const gatewayArea: Area = {
  title: 'Gateway',
  isFor: (self) => self.wildcards.includes('VIEW_GATEWAY'),
  links: [
    { title: 'Proxies', to: '/gateway/proxies' },
    { title: 'Shared flows', to: '/gateway/sharedflows' },
    { title: 'Caches', to: '/gateway/caches' },
    { title: 'API products', to: '/gateway/products' },
    { title: 'Developers', to: '/gateway/developers' },
    { title: 'Apps', to: '/gateway/apps' },
  ],
  routes: [
    { path: 'gateway/proxies', lazy: async () => ({ Component: (await import('./Proxies')).Proxies }) },
    { path: 'gateway/proxies/:name', lazy: async () => ({ Component: (await import('./Proxy')).Proxy }) },
    { path: 'gateway/proxies/:name/trace/:revision/:session', lazy: async () => ({ Component: (await import('./Trace')).Trace }) },
    { path: 'gateway/proxies/:name/flow/:revision', lazy: async () => ({ Component: (await import('./flow/Flow')).Flow }) },
    { path: 'gateway/sharedflows', lazy: async () => ({ Component: (await import('./SharedFlows')).SharedFlows }) },
    { path: 'gateway/sharedflows/:name', lazy: async () => ({ Component: (await import('./SharedFlow')).SharedFlow }) },
    { path: 'gateway/caches', lazy: async () => ({ Component: (await import('./Caches')).Caches }) },
    { path: 'gateway/caches/:cache', lazy: async () => ({ Component: (await import('./Cache')).Cache }) },
    { path: 'gateway/products', lazy: async () => ({ Component: (await import('./consumers/Products')).Products }) },
    { path: 'gateway/products/new', lazy: async () => ({ Component: (await import('./consumers/CreateProduct')).CreateProduct }) },
    { path: 'gateway/products/:name', lazy: async () => ({ Component: (await import('./consumers/Product')).Product }) },
    { path: 'gateway/developers', lazy: async () => ({ Component: (await import('./consumers/Developers')).Developers }) },
    { path: 'gateway/developers/new', lazy: async () => ({ Component: (await import('./consumers/CreateDeveloper')).CreateDeveloper }) },
    { path: 'gateway/developers/:email', lazy: async () => ({ Component: (await import('./consumers/Developer')).Developer }) },
    { path: 'gateway/developers/:email/apps/:app', lazy: async () => ({ Component: (await import('./consumers/App')).App }) },
    { path: 'gateway/apps', lazy: async () => ({ Component: (await import('./consumers/Apps')).Apps }) },
  ],
}
