import { Badge, Group, SegmentedControl, SimpleGrid, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { access, must } from '../../api/clients'
import { usePlace, useSelf } from '../../Shell'
import { Chart } from '../../ui/Chart'
import { Fault } from '../../ui/Fault'
import { Figure } from '../../ui/Figure'
import { bytes, number, Page, when } from '../../ui/Page'
import { useChoice } from '../../ui/tableState'
import { gather, labelOf, rate, share, total } from './figures'

type Health = { status: string; faults: string[] }

const ranges = [
  { value: '5', label: '5 min' },
  { value: '30', label: '30 min' },
  { value: '60', label: '1 h' },
  { value: '360', label: '6 h' },
  { value: '1440', label: '24 h' },
]

/** At a glance: whether the server is well, and how this node fared in the last minutes or hours. */
export function Overview() {
  const place = usePlace()
  const { environments } = useSelf()
  const [range, setRange] = useChoice('range', '5')
  const minutes = ranges.some((one) => one.value === range) ? Number(range) : 5
  // Its answer is the same with 200 and with 503.
  const health = useQuery({ queryKey: ['health'], queryFn: async (): Promise<Health> => (await fetch('/health/ready')).json() })
  const metrics = useQuery({ queryKey: ['metrics'], queryFn: async () => read(await (await fetch('/metrics')).text()) })
  const overview = useQuery({
    queryKey: ['overview', minutes],
    refetchInterval: minutes > 30 ? 30_000 : 5_000,
    placeholderData: keepPreviousData,
    queryFn: () => must(access.GET('/api/sluice/v1/overview', { params: { query: { minutes } } })),
  })
  const known = overview.data && gather(overview.data)
  const labels = known?.at.map((at) => labelOf(at, minutes)) ?? []
  const rejected = known && share(total(known.rejected), total(known.rejected) + total(known.accepted) + total(known.duplicates))
  const hits = known && share(total(known.cacheHits), total(known.cacheHits) + total(known.cacheMisses))
  const per = (values: number[]) => rate(values, known!.stepSeconds)
  return (
    <Page title="Overview" actions={<SegmentedControl aria-label="Range" data={ranges} value={String(minutes)} onChange={setRange} />}>
      <Group>
        <Text>The server is</Text>
        {health.data ? <Badge color={health.data.status === 'ready' ? 'teal' : 'red'}>{health.data.status === 'ready' ? 'well' : 'not well'}</Badge> : <Text>{health.error ? 'not reached' : '…'}</Text>}
      </Group>
      {(health.data?.faults ?? []).map((fault) => (
        <Text key={fault} role="alert" c="var(--mantine-color-error)">
          {fault}
        </Text>
      ))}
      <Text size="sm">The figures are of all environments together{environments.length > 1 ? `, whichever is chosen above: ${environments.join(', ')}` : ''}.</Text>
      <Fault error={overview.error} />
      {known && (
        <>
          <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
            <Figure title="Messages taken" value={number(total(known.accepted))} />
            <Figure title="Rejected share" value={percent(rejected)} isBad={(rejected ?? 0) > 0.1} />
            <Figure title="Segment changes" value={number(total(known.segmentChanges))} />
            <Figure title="Gateway requests" value={number(total(known.gatewayRequests))} />
            <Figure title="Cache hit ratio" value={percent(hits)} />
            <Figure title="Answered 5xx" value={number(total(known.gatewayServerErrors))} isBad={total(known.gatewayServerErrors) > 0} />
            <Figure title="Landing lag" value={bytes(known.landingLagBytes.at(-1) ?? 0)} />
            <Figure title="Profiles lag" value={bytes(known.profilesLagBytes.at(-1) ?? 0)} />
          </SimpleGrid>
          {labels.length === 0 ? (
            <Text>The first figures come {known.stepSeconds} seconds after the start.</Text>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
              <Chart title="Messages per second" kind="line" labels={labels} series={[{ name: 'Taken', values: per(known.accepted), tone: 'good' }, { name: 'Rejected', values: per(known.rejected), tone: 'bad' }, { name: 'Duplicates', values: per(known.duplicates), tone: 'plain' }]} />
              <Chart title="Lag behind the journal, kB" kind="line" labels={labels} series={[{ name: 'Landing', values: known.landingLagBytes.map(kilo), tone: 'plain' }, { name: 'Profiles', values: known.profilesLagBytes.map(kilo), tone: 'good' }]} />
              <Chart title="Events applied and segment changes per second" kind="line" labels={labels} series={[{ name: 'Events', values: per(known.events), tone: 'plain' }, { name: 'Segment changes', values: per(known.segmentChanges), tone: 'good' }]} />
              <Chart title="Gateway requests per second" kind="line" labels={labels} series={[{ name: 'Requests', values: per(known.gatewayRequests), tone: 'plain' }]} />
              <Chart title="Cache hit ratio" kind="line" unit=" %" labels={labels} series={[{ name: 'Hit ratio', values: known.cacheHits.map((one, at) => Math.round(100 * (share(one, one + known.cacheMisses[at]!) ?? 0))), tone: 'good' }]} />
              <Chart title="Errors" kind="bar" labels={labels} series={[{ name: 'Gateway 5xx', values: known.gatewayServerErrors, tone: 'bad' }, { name: 'Gateway 4xx', values: known.gatewayClientErrors, tone: 'plain' }, { name: 'Turned away', values: known.turnedAway, tone: 'good' }]} />
            </SimpleGrid>
          )}
          <Text size="sm" c="dimmed">
            Counted since {when(known.since)}, when the node that answers started. A day is kept, in memory.
            {metrics.data && ` The journal of ${place.env} is ${bytes(metrics.data('sluice_journal_bytes', place.env))}; ${number(metrics.data('sluice_audience_profiles', place.env))} profiles are known.`}
          </Text>
        </>
      )}
    </Page>
  )
}

const percent = (value: number | undefined) => (value === undefined ? 'nothing yet' : `${Math.round(100 * value)} %`)

const kilo = (value: number) => Math.round(value / 100) / 10

/** Finds values in Prometheus' text form: the sum of a metric's lines, of one environment where they name it. Units stand behind the names. */
function read(text: string) {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'))
  return (name: string, environment?: string) =>
    lines
      .filter((line) => (line.startsWith(`${name} `) || line.startsWith(`${name}{`) || line.startsWith(`${name}_`)) && (environment === undefined || !line.includes('environment=') || line.includes(`environment="${environment}"`)))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
