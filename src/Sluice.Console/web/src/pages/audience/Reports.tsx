import { Anchor, Group, SegmentedControl, Select, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { audience } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Chart } from '../../ui/Chart'
import { type Column, DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { Figure } from '../../ui/Figure'
import { number, Page } from '../../ui/Page'
import { useChoice } from '../../ui/tableState'
import { dayOf, type Family, lastDays, pageQuery, rowsOf } from './calls'
import { ask } from './refusal'

const windows = ['1D', '7D', '14D', '30D', '60D', '90D'] as const
type Window = (typeof windows)[number]
type Ranking = 'largest' | 'changed'
type Row = { sid: number; name: string; profiles: number; delta?: number; percent?: number | null }

const people = new Set(['DEVICE', 'CROSS_DEVICE'])
const charted = 3

/** How large traits and segments are, which of them change most, and how that went from day to day. */
export function Reports() {
  const place = usePlace()
  const [family, setFamily] = useChoice('of', 'segments')
  const [ranking, setRanking] = useChoice('rank', 'largest')
  const [interval, setInterval] = useChoice('window', '30D')
  const [kind, setKind] = useChoice('who')
  const metricsType = people.has(kind) ? (kind as 'DEVICE' | 'CROSS_DEVICE') : undefined
  const totals = useQuery({ queryKey: ['partner-uniques', place, kind], queryFn: () => ask(audience.GET('/v1/reports/partner-uniques', { params: { query: { metricsType } } })) })
  const isOfTraits = family === 'traits'
  const isChange = ranking === 'changed'
  const window = windows.find((one) => one === interval) ?? '30D'
  const columns: Column<Row>[] = [
    {
      title: 'Name',
      sort: 'name',
      cell: (row) => (
        <Anchor component={Link} to={`/audience/${isOfTraits ? 'traits' : 'segments'}/${row.sid}`}>
          {row.name}
        </Anchor>
      ),
    },
    { title: 'Id', sort: 'sid', align: 'right', cell: (row) => row.sid },
    { title: 'Profiles', sort: isOfTraits ? 'uniques' : 'totalUniques', align: 'right', cell: (row) => number(row.profiles) },
    ...(isChange
      ? [
          { title: 'Change', sort: 'uniquesDelta', align: 'right' as const, cell: (row: Row) => signed(row.delta ?? 0) },
          { title: 'In per cent', sort: 'uniquesDeltaPercent', align: 'right' as const, cell: (row: Row) => (row.percent === null || row.percent === undefined ? 'new' : `${signed(Math.round(row.percent * 10) / 10)} %`) },
        ]
      : []),
  ]
  return (
    <Page title="Reports">
      <Fault error={totals.error} />
      {totals.data && (
        <SimpleGrid cols={{ base: 2, sm: 4 }}>
          <Figure title="Profiles today" value={number(totals.data.uniques1Day)} />
          <Figure title="Profiles in 7 days" value={number(totals.data.uniques7Day)} />
          <Figure title="Profiles in 30 days" value={number(totals.data.uniques30Day)} />
          <Figure title="Profiles ever" value={number(totals.data.uniquesLifetime)} />
        </SimpleGrid>
      )}
      <Group align="end">
        <SegmentedControl aria-label="Report of" data={[{ value: 'segments', label: 'Segments' }, { value: 'traits', label: 'Traits' }]} value={family} onChange={setFamily} />
        <SegmentedControl aria-label="Ranked by" data={[{ value: 'largest', label: 'Largest' }, { value: 'changed', label: 'Most changed' }]} value={ranking} onChange={setRanking} />
        <Select label="Window" data={windows.map((one) => ({ value: one, label: one === '1D' ? '1 day' : `${one.slice(0, -1)} days` }))} value={window} onChange={(value) => setInterval(value ?? '30D')} allowDeselect={false} w={130} />
        <Select label="Counted" data={[{ value: '', label: 'all profiles' }, { value: 'DEVICE', label: 'devices' }, { value: 'CROSS_DEVICE', label: 'people' }]} value={kind} onChange={(value) => setKind(value ?? '')} allowDeselect={false} w={150} />
      </Group>
      <Trend family={isOfTraits ? 'traits' : 'segments'} metricsType={metricsType} />
      <DataTable<Row>
        key={`${family} ${ranking}`}
        label={isOfTraits ? 'Traits' : 'Segments'}
        queryKey={['ranking', place, family, ranking, window, kind]}
        page={(wanted) => rankingPage(isOfTraits ? 'traits' : 'segments', isChange ? 'changed' : 'largest', { ...pageQuery(wanted), interval: window, metricsType })}
        searches="Name or id"
        isFiltered={kind !== ''}
        keyOf={(row) => String(row.sid)}
        empty={<Text>There is nothing to report on yet: no {isOfTraits ? 'trait' : 'segment'} is there.</Text>}
        columns={columns}
      />
    </Page>
  )
}

const signed = (value: number) => (value > 0 ? `+${number(value)}` : number(value))

type RankingQuery = ReturnType<typeof pageQuery> & { interval: Window; metricsType?: 'DEVICE' | 'CROSS_DEVICE' }

async function rankingPage(family: Family, ranking: Ranking, query: RankingQuery): Promise<{ rows: Row[]; total?: number }> {
  const params = { query }
  if (family === 'traits') {
    const answer = ranking === 'largest' ? rowsOf(await ask(audience.GET('/v1/reports/largest-traits', { params }))) : rowsOf(await ask(audience.GET('/v1/reports/most-changed-traits', { params })))
    return { total: answer.total, rows: answer.rows.map((one) => ({ sid: one.sid, name: one.name, profiles: one.uniques, ...deltaOf(one) })) }
  }
  const answer = ranking === 'largest' ? rowsOf(await ask(audience.GET('/v1/reports/largest-segments', { params }))) : rowsOf(await ask(audience.GET('/v1/reports/most-changed-segments', { params })))
  return { total: answer.total, rows: answer.rows.map((one) => ({ sid: one.sid, name: one.name, profiles: one.totalUniques, ...deltaOf(one) })) }
}

const deltaOf = (row: object) => ('uniquesDelta' in row ? { delta: row.uniquesDelta as number, percent: (row as { uniquesDeltaPercent?: number | null }).uniquesDeltaPercent } : {})

/** The largest three from day to day. */
function Trend({ family, metricsType }: { family: Family; metricsType?: 'DEVICE' | 'CROSS_DEVICE' }) {
  const place = usePlace()
  const found = useQuery({
    queryKey: ['trend', place, family, metricsType],
    refetchInterval: 15_000,
    queryFn: async () => {
      const { rows } = await rankingPage(family, 'largest', { page: 0, pageSize: charted, interval: '30D', metricsType, sortBy: undefined, descending: undefined, search: undefined })
      return Promise.all(rows.map((one) => trendOf(family, one.sid, metricsType)))
    },
  })
  const trends = found.data ?? []
  return (
    <>
      <Fault error={found.error} />
      {trends.length > 0 && <Chart title={`The largest ${family} by day`} kind="line" labels={trends[0]!.days} series={trends.map((one) => ({ name: one.name, values: one.values }))} />}
    </>
  )
}

async function trendOf(family: Family, sid: number, metricsType?: 'DEVICE' | 'CROSS_DEVICE') {
  const params = { path: { sid }, query: { ...lastDays(30), interval: '1D' as const, metricsType } }
  if (family === 'traits') {
    const { name, metrics } = await ask(audience.GET('/v1/reports/traits-trend/{sid}', { params }))
    return { name, days: Object.keys(metrics).map(dayOf), values: Object.values(metrics).map((one) => one.populationUniques ?? 0) }
  }
  const { name, metrics } = await ask(audience.GET('/v1/reports/segments-trend/{sid}', { params }))
  return { name, days: Object.keys(metrics).map(dayOf), values: Object.values(metrics).map((one) => one.totalUniques ?? 0) }
}
