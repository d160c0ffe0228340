import { AppShell, Burger, Button, Group, NavLink, ScrollArea, Select, Text, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useState } from 'react'
import { Link, Outlet, useLocation } from 'react-router'
import { chooseEnvironment, gateway, must } from './api/clients'
import { areas } from './pages/areas'
import { signOut } from './session'

/** Where one is: the organization, and the environment that was chosen in the corner. */
export type Place = { org: string; env: string }

const PlaceContext = createContext<Place>({ org: '', env: 'production' })

export const usePlace = () => useContext(PlaceContext)

const remembered = 'sluice.environment'

/** The frame of every page: where one can go, the environment, light or dark, sign out. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const queries = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [env, setEnv] = useState(() => localStorage.getItem(remembered) ?? 'production')
  const organizations = useQuery({ queryKey: ['organizations'], refetchInterval: false, queryFn: () => must(gateway.GET('/v1/organizations')) })
  const org = organizations.data?.[0]
  const environments = useQuery({
    queryKey: ['environments', org],
    enabled: org !== undefined,
    refetchInterval: false,
    queryFn: () => must(gateway.GET('/v1/organizations/{org}/environments', { params: { path: { org: org! } } })),
  })
  chooseEnvironment(env)
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Text fw={700}>Sluice</Text>
          </Group>
          <Group wrap="nowrap" gap="xs">
            <Select
              aria-label="Environment"
              data={environments.data ?? [env]}
              value={env}
              allowDeselect={false}
              w={140}
              onChange={(value) => {
                if (!value) return
                localStorage.setItem(remembered, value)
                chooseEnvironment(value)
                setEnv(value)
                void queries.invalidateQueries()
              }}
            />
            <Select
              aria-label="Colours"
              visibleFrom="sm"
              data={[
                { value: 'auto', label: 'As the system' },
                { value: 'light', label: 'Light' },
                { value: 'dark', label: 'Dark' },
              ]}
              value={colorScheme}
              allowDeselect={false}
              w={155}
              onChange={(value) => setColorScheme((value ?? 'auto') as 'auto' | 'light' | 'dark')}
            />
            <Button variant="default" onClick={signOut}>
              Sign out
            </Button>
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" aria-label="Pages">
        <AppShell.Section grow component={ScrollArea}>
          <NavLink component={Link} to="/" label="Overview" onClick={close} active={pathname === '/'} />
          {areas.map((area) => (
            <div key={area.title} role="group" aria-label={area.title}>
              <Text size="xs" c="dimmed" fw={600} mt="sm" px="sm" aria-hidden>
                {area.title}
              </Text>
              {area.links.map((link) => (
                <NavLink key={link.to} component={Link} to={link.to} label={link.title} onClick={close} active={pathname.startsWith(link.to)} />
              ))}
            </div>
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main>
        {organizations.error ? (
          <Text role="alert">{organizations.error.message}</Text>
        ) : (
          org && (
            <PlaceContext.Provider value={{ org, env }}>
              <Outlet key={env} />
            </PlaceContext.Provider>
          )
        )}
      </AppShell.Main>
    </AppShell>
  )
}
