import { Badge, Group, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { gateway, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Figure } from '../../ui/Figure'
import { number, Page } from '../../ui/Page'

type Health = { status: string; faults: string[] }

/** At a glance: whether the server is well, and what its gateway does in this environment. */
export function Overview() {
  const place = usePlace()
  // Its answer is the same with 200 and with 503.
  const health = useQuery({ queryKey: ['health'], queryFn: async (): Promise<Health> => (await fetch('/health/ready')).json() })
  const metrics = useQuery({ queryKey: ['metrics'], queryFn: async () => read(await (await fetch('/metrics')).text()) })
  const counts = useQuery({ queryKey: ['counts', place], queryFn: () => must(gateway.GET('/v1/organizations/{org}/environments/{env}/counts', { params: { path: place } })) })
  const proxies = counts.data?.proxies ?? []
  const caches = proxies.flatMap((proxy) => proxy.caches)
  const sum = <Row,>(rows: Row[], of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0)
  const asked = sum(caches, (cache) => cache.hits + cache.misses)
  return (
    <Page title="Overview">
      <Group>
        <Text>The server is</Text>
        {health.data ? <Badge color={health.data.status === 'ready' ? 'teal' : 'red'}>{health.data.status === 'ready' ? 'well' : 'not well'}</Badge> : <Text>{health.error ? 'not reached' : '…'}</Text>}
      </Group>
      {(health.data?.faults ?? []).map((fault) => (
        <Text key={fault} role="alert" c="red">
          {fault}
        </Text>
      ))}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        <Figure title="Gateway requests" value={number(sum(proxies, (proxy) => proxy.requests))} />
        <Figure title="Answered 5xx" value={number(sum(proxies, (proxy) => proxy.serverErrors))} />
        <Figure title="Cache hit ratio" value={asked === 0 ? 'nothing asked' : `${Math.round((100 * sum(caches, (cache) => cache.hits)) / asked)} %`} />
        <Figure title="Proxies deployed" value={number(proxies.length)} />
        <Figure title="Landing lag" value={metrics.data ? `${number(metrics.data('sluice_landing_lag_bytes'))} bytes` : '…'} />
        <Figure title="Journal" value={metrics.data ? `${number(Math.round(metrics.data('sluice_journal_bytes', place.env) / 1e6))} MB` : '…'} />
        <Figure title="Profiles" value={metrics.data ? number(metrics.data('sluice_audience_profiles', place.env)) : '…'} />
        <Figure title="Engine lag" value={metrics.data ? `${number(metrics.data('sluice_audience_lag', place.env))} bytes` : '…'} />
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        Counted since the server started, on the node that answers.
      </Text>
    </Page>
  )
}

/** Finds values in Prometheus' text form: the sum of a metric's lines, of one environment where they name it. Units stand behind the names. */
function read(text: string) {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  return (name: string, environment?: string) =>
    lines
      .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`) || line.startsWith(`${name}_`)) && (environment === undefined || !line.includes('environment=') || line.includes(`environment="${environment}"`)))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
