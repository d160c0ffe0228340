import { Anchor, Code, SimpleGrid, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { audience } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Chart } from '../../ui/Chart'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { Figure } from '../../ui/Figure'
import { number, Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'
import { type ChangeRow, dayOf, type DestinationRow, destinationPage, lastDays, latestChanges, looksBack, profilePath, type SegmentRow } from './calls'
import { Actions } from './Editing'
import { Fact, Facts } from './Facts'
import { ask } from './refusal'
import { RulePreview, usePreview } from './RulePreview'
import { SegmentOverlaps } from './SegmentOverlaps'
import { SourceLink } from './SourceLink'
import { causes, destinationTypes } from './words'

const daysShown = 30

/** One segment: whom it holds now, how that went, where it is sent, and what it shares with others. */
export function Segment() {
  const id = useParams().id!
  const place = usePlace()
  const [tab, setTab] = useChoice('tab', 'population')
  const path = { sid: id }
  const found = useQuery({ queryKey: ['segment', place, id], queryFn: () => ask(audience.GET('/v1/segments/{sid}', { params: { path, query: { includeMetrics: true } } })) })
  const segment = found.data
  return (
    <Page
      title={segment?.name ?? 'Segment'}
      above={[{ title: 'Segments', to: '/audience/segments' }]}
      actions={
        segment && (
          <Actions
            kind="segment"
            id={id}
            name={segment.name}
            folder={{ family: 'segments', id: segment.folderId, move: (folderId) => ask(audience.PUT('/v1/segments/{sid}', { params: { path }, body: { folderId } })) }}
            remove={() => ask(audience.DELETE('/v1/segments/{sid}', { params: { path } }))}
            warning="Only a segment that is mapped to no destination can go."
          />
        )
      }
    >
      <Fault error={found.error} />
      {segment && (
        <>
          {segment.description && <Text>{segment.description}</Text>}
          <Code block aria-label="Rule" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {segment.segmentRule ?? 'The rule asks for traits that you may not see.'}
          </Code>
          <Tabs value={tab} onChange={(next) => setTab(next ?? 'population')} keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="population">Population</Tabs.Tab>
              <Tabs.Tab value="changes">Latest changes</Tabs.Tab>
              <Tabs.Tab value="destinations">Destinations</Tabs.Tab>
              <Tabs.Tab value="overlaps">Overlaps</Tabs.Tab>
              <Tabs.Tab value="info">Info</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="population">
              <Population segment={segment} />
            </Tabs.Panel>
            <Tabs.Panel value="changes">
              <Changes sid={segment.sid} />
            </Tabs.Panel>
            <Tabs.Panel value="destinations">
              <MappedTo sid={segment.sid} />
            </Tabs.Panel>
            <Tabs.Panel value="overlaps">
              <SegmentOverlaps segment={segment} />
            </Tabs.Panel>
            <Tabs.Panel value="info">
              <Info segment={segment} />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Page>
  )
}

function Population({ segment }: { segment: SegmentRow }) {
  const place = usePlace()
  const { preview, error, isOld } = usePreview(segment.segmentRule ?? '', segment.mergeRuleDataSourceId ? String(segment.mergeRuleDataSourceId) : '')
  const trend = useQuery({
    queryKey: ['segment-trend', place, segment.sid],
    refetchInterval: 5_000,
    queryFn: async () => Object.entries((await ask(audience.GET('/v1/reports/segments-trend/{sid}', { params: { path: { sid: segment.sid }, query: { ...lastDays(daysShown), interval: '1D' } } }))).metrics),
  })
  return (
    <Stack>
      <RulePreview of={preview} isOld={isOld} error={error} />
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Figure title="Seen in it today" value={number(segment.instantUniques1Day ?? 0)} />
        <Figure title="Seen in it in 30 days" value={number(segment.instantUniques30Day ?? 0)} />
        <Figure title="Members in 30 days" value={number(segment.totalUniques30Day ?? 0)} />
        <Figure title="Members ever" value={number(segment.totalUniquesLifetime ?? 0)} />
      </SimpleGrid>
      <Fault error={trend.error} />
      {trend.data && (
        <Chart
          title="Population by day"
          kind="line"
          labels={trend.data.map(([ms]) => dayOf(ms))}
          series={[
            { name: 'Members', tone: 'plain', values: trend.data.map(([, one]) => one.totalUniques ?? 0) },
            { name: 'Seen that day', tone: 'good', values: trend.data.map(([, one]) => one.instantUniques ?? 0) },
          ]}
        />
      )}
    </Stack>
  )
}

function Changes({ sid }: { sid: number }) {
  const place = usePlace()
  const changes = useQuery({
    queryKey: ['segment-changes', place, sid],
    refetchInterval: 2_000,
    queryFn: () => latestChanges(sid),
  })
  return (
    <DataTable<ChangeRow>
      label="Latest changes"
      rows={changes.data}
      error={changes.error}
      keyOf={(row) => String(row.seq)}
      textOf={(row) => row.id}
      empty={<Text>Nobody has entered or left it among the last {number(looksBack)} changes of all segments. Send an event, and it stands here at once.</Text>}
      columns={[
        { title: 'When', by: (row) => row.time, cell: (row) => when(row.time) },
        {
          title: 'Profile',
          cell: (row) => (
            <Anchor component={Link} to={`${profilePath(row)}&why=${sid}`} style={{ overflowWrap: 'anywhere' }}>
              {row.id}
            </Anchor>
          ),
        },
        { title: 'What', by: (row) => row.newState, cell: (row) => (row.newState === 'in' ? 'entered' : 'left') },
        { title: 'By', by: (row) => row.cause, cell: (row) => causes[row.cause] ?? row.cause },
      ]}
    />
  )
}

function MappedTo({ sid }: { sid: number }) {
  const place = usePlace()
  return (
    <DataTable<DestinationRow>
      label="Destinations"
      queryKey={['segment-destinations', place, sid]}
      page={(wanted) => destinationPage(wanted, { containsSegment: sid })}
      searches="Name or id"
      sort="name"
      keyOf={(row) => String(row.destinationId)}
      empty={
        <Text>
          It is sent nowhere. Open one of the <Anchor component={Link} to="/audience/destinations">destinations</Anchor> and map it there.
        </Text>
      }
      columns={[
        {
          title: 'Name',
          sort: 'name',
          cell: (row) => (
            <Anchor component={Link} to={`/audience/destinations/${row.destinationId}`}>
              {row.name}
            </Anchor>
          ),
        },
        { title: 'Type', sort: 'destinationType', cell: (row) => destinationTypes[row.destinationType] },
        { title: 'Since', cell: (row) => row.mappings?.[0]?.startDate },
        { title: 'Until', cell: (row) => row.mappings?.[0]?.endDate ?? 'open' },
        { title: 'State', cell: (row) => <Status of={row.mappings?.[0]?.elementStatus} /> },
      ]}
    />
  )
}

function Info({ segment }: { segment: SegmentRow }) {
  return (
    <Facts label="Segment">
      <Fact title="Status">
        <Status of={segment.status.toLowerCase()} />
      </Fact>
      <Fact title="Id">{segment.sid}</Fact>
      <Fact title="Data source">
        <SourceLink id={segment.dataSourceId} />
      </Fact>
      <Fact title="Merge rule">{segment.mergeRuleDataSourceId ?? 'the usual one'}</Fact>
      <Fact title="Integration code">{segment.integrationCode ?? 'none'}</Fact>
      <Fact title="Created">{when(segment.createTime)}</Fact>
      <Fact title="Changed">{when(segment.updateTime)}</Fact>
    </Facts>
  )
}
