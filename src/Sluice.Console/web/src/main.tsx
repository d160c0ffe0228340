import '@mantine/core/styles.layer.css'
import './main.css'
import { type CSSVariablesResolver, createTheme, MantineProvider, Text } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, RouterProvider, useRouteError } from 'react-router'
import { areas } from './pages/areas'
import { begin } from './session'
import { Shell } from './Shell'

const theme = createTheme({ primaryColor: 'cyan', primaryShade: 9, autoContrast: true, luminanceThreshold: 0.35, components: { Anchor: { defaultProps: { inherit: true } }, Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } } } })

// Quiet text is still to be read: 4.5 to 1 on every ground it stands on (WCAG 2.2, 1.4.3).
const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--sluice-field-edge': 'var(--mantine-color-gray-6)', '--mantine-color-error': 'var(--mantine-color-red-9)', '--mantine-color-dimmed': 'var(--mantine-color-gray-7)', '--mantine-color-placeholder': 'var(--mantine-color-gray-7)' },
  dark: { '--sluice-field-edge': 'var(--mantine-color-dark-2)', '--mantine-color-error': 'var(--mantine-color-red-4)', '--mantine-color-dimmed': 'var(--mantine-color-dark-0)', '--mantine-color-placeholder': 'var(--mantine-color-dark-0)' },
})

// What is shown stays true without a reload: every few seconds, and whenever somebody comes back to the window.
const queries = new QueryClient({ defaultOptions: { queries: { refetchInterval: 5_000, refetchOnWindowFocus: true, retry: 1 } } })

/** What stands there when a page itself has a fault. */
function Broken() {
  const fault = useRouteError()
  return (
    <Text role="alert" m="xl">
      This page has a fault and cannot be shown; loading it again may help. {fault instanceof Error && fault.message}
    </Text>
  )
}

// Made after the sign-in, which comes back to another address.
const makeRouter = () => createBrowserRouter(
  [
    {
      Component: Shell,
      HydrateFallback: () => null,
      ErrorBoundary: Broken,
      children: [
        { index: true, lazy: async () => ({ Component: (await import('./pages/overview/Overview')).Overview }) },
        ...areas.flatMap((area) => area.routes),
        { path: '*', Component: () => <Text>There is no page here.</Text> },
      ],
    },
  ],
  { basename: '/console' },
)

const root = createRoot(document.getElementById('root')!)

begin().then(
  () => {
    const router = makeRouter()
    root.render(
      <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>,
    )
  },
  (failure: Error) =>
    root.render(
      <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
        <Text role="alert" m="xl">
          {failure.message}
        </Text>
      </MantineProvider>,
    ),
)
