import { AppShell, Burger, Button, Group, Loader, NavLink, ScrollArea, Select, Text, useMantineColorScheme } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useIsFetching, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useRef, useState } from 'react'
import { Link, Outlet, useLocation } from 'react-router'
import { access, chooseEnvironment, must } from './api/clients'
import type { Area, Myself } from './pages/area'
import { areas } from './pages/areas'
import { signOut } from './session'
import { Fault } from './ui/Fault'
import { NotAllowed } from './ui/NotAllowed'

/** Where one is: the organization, and the environment that was chosen in the corner. */
export type Place = { org: string; env: string }

const PlaceContext = createContext<Place>({ org: '', env: 'production' })

export const usePlace = () => useContext(PlaceContext)

const SelfContext = createContext<Myself>({ name: '', isAdmin: false, orgId: '', organization: '', environments: [], wildcards: [] })

/** Who is signed in. */
export const useSelf = () => useContext(SelfContext)

const remembered = 'sluice.environment'

/** The frame of every page: where one can go, the environment, light or dark, sign out. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure()
  const { pathname } = useLocation()
  const queries = useQueryClient()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [wanted, setEnv] = useState(() => localStorage.getItem(remembered) ?? 'production')
  // Asked where every installation has an environment: the answer says where one may work.
  const myself = useQuery({ queryKey: ['self'], refetchInterval: 60_000, queryFn: () => must(access.GET('/api/sluice/v1/self', { params: { header: { 'x-sandbox-name': 'production' } } })) })
  const self = myself.data
  const env = self === undefined || self.environments.includes(wanted) ? wanted : (self.environments[0] ?? wanted)
  chooseEnvironment(env)
  // What was shown before stays while it is asked for again: only what is not there yet is waited for.
  const isLoading = useIsFetching({ predicate: (query) => query.state.status === 'pending' }) > 0
  const links = useRef<HTMLDivElement>(null)
  // The list of pages is longer than many windows: whoever follows a link sees in it where that led.
  useEffect(() => {
    links.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' })
  }, [pathname, self])
  const isOpenTo = (area: Area) => self === undefined || area.isFor === undefined || area.isFor(self)
  const isClosed = areas.some((area) => !isOpenTo(area) && area.links.some((link) => pathname.startsWith(link.to)))
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="md">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Menu" />
            <Text fw={700}>Sluice</Text>
            {isLoading && <Loader size="xs" role="status" aria-label="Loading" />}
          </Group>
          <Group wrap="nowrap" gap="xs">
            <Select
              aria-label="Environment"
              data={self?.environments ?? [env]}
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
        <AppShell.Section grow component={ScrollArea} ref={links}>
          <NavLink component={Link} to="/" label="Overview" onClick={close} active={pathname === '/'} py={5} />
          {areas.filter(isOpenTo).map((area) => (
            <div key={area.title} role="group" aria-label={area.title}>
              <Text size="xs" c="dimmed" fw={600} mt="sm" px="sm" aria-hidden>
                {area.title}
              </Text>
              {area.links.map((link) => (
                <NavLink key={link.to} component={Link} to={link.to} label={link.title} onClick={close} active={pathname.startsWith(link.to)} py={5} />
              ))}
            </div>
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main>
        <Fault error={myself.error} />
        {self && (
          <SelfContext.Provider value={self}>
            <PlaceContext.Provider value={{ org: self.organization, env }}>{isClosed ? <NotAllowed /> : <Outlet key={env} />}</PlaceContext.Provider>
          </SelfContext.Provider>
        )}
      </AppShell.Main>
    </AppShell>
  )
}
