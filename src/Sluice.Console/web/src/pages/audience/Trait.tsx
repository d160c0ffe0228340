import { Anchor, Code, SimpleGrid, Stack, Text, Title } from '@mantine/core'
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
import { dayOf, lastDays, oneTrait, type SegmentRow, segmentPage, type TraitRow } from './calls'
import { Actions } from './Editing'
import { Fact, Facts } from './Facts'
import { ask } from './refusal'
import { SourceLink } from './SourceLink'
import { traitTypes } from './words'

const editable = ['RULE_BASED_TRAIT', 'ON_BOARDED_TRAIT', 'ALGO_TRAIT']
const daysShown = 30

/** One trait: its rule, how many have it from day to day, and the segments that ask for it. */
export function Trait() {
  const id = useParams().id!
  const place = usePlace()
  const path = { sid: id }
  const found = useQuery({ queryKey: ['trait', place, id], queryFn: () => oneTrait(id) })
  const trait = found.data
  const isOurs = trait !== undefined && editable.includes(trait.traitType)
  return (
    <Page
      title={trait?.name ?? 'Trait'}
      above={[{ title: 'Traits', to: '/audience/traits' }]}
      actions={
        isOurs && (
          <Actions
            kind="trait"
            id={id}
            name={trait.name}
            folder={{ family: 'traits', id: trait.folderId, move: (folderId) => ask(audience.PUT('/v1/traits/{sid}', { params: { path }, body: { folderId } })) }}
            remove={() => ask(audience.DELETE('/v1/traits/{sid}', { params: { path } }))}
            warning="Only a trait that no segment asks for can go. Who had it is forgotten with it."
          />
        )
      }
    >
      <Fault error={found.error} />
      {trait && (
        <>
          {trait.description && <Text>{trait.description}</Text>}
          {trait.traitRule && (
            <Code block aria-label="Rule" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {trait.traitRule}
            </Code>
          )}
          <SimpleGrid cols={{ base: 2, sm: 4 }}>
            <Figure title="Profiles today" value={number(trait.uniques1Day ?? 0)} />
            <Figure title="Profiles in 30 days" value={number(trait.uniques30Day ?? 0)} />
            <Figure title="Profiles ever" value={number(trait.uniquesLifetime ?? 0)} />
            <Figure title="Times in 30 days" value={number(trait.count30Day ?? 0)} />
          </SimpleGrid>
          <Trend sid={trait.sid} />
          <Title order={2} size="h4">
            Segments that ask for it
          </Title>
          <Segments sid={trait.sid} />
          <About trait={trait} />
        </>
      )}
    </Page>
  )
}

function Trend({ sid }: { sid: number }) {
  const place = usePlace()
  const trend = useQuery({
    queryKey: ['trait-trend', place, sid],
    refetchInterval: 5_000,
    queryFn: async () => Object.entries((await ask(audience.GET('/v1/reports/traits-trend/{sid}', { params: { path: { sid }, query: { ...lastDays(daysShown), interval: '1D' } } }))).metrics),
  })
  return (
    <Stack gap="xs">
      <Fault error={trend.error} />
      {trend.data && (
        <Chart
          title="Population by day"
          kind="line"
          labels={trend.data.map(([ms]) => dayOf(ms))}
          series={[
            { name: 'Profiles that have it', tone: 'plain', values: trend.data.map(([, one]) => one.populationUniques ?? 0) },
            { name: 'Profiles that got it that day', tone: 'good', values: trend.data.map(([, one]) => one.uniques ?? 0) },
          ]}
        />
      )}
    </Stack>
  )
}

function Segments({ sid }: { sid: number }) {
  const place = usePlace()
  return (
    <DataTable<SegmentRow>
      label="Segments that ask for it"
      queryKey={['trait-segments', place, sid]}
      page={(wanted) => segmentPage(wanted, { containsTrait: sid })}
      searches="Name or id"
      sort="name"
      keyOf={(row) => String(row.sid)}
      empty={
        <Text>
          No segment asks for it yet: <Anchor component={Link} to={`/audience/segments/new?rule=${sid}T`}>create one that does</Anchor>.
        </Text>
      }
      columns={[
        {
          title: 'Name',
          sort: 'name',
          cell: (row) => (
            <Anchor component={Link} to={`/audience/segments/${row.sid}`}>
              {row.name}
            </Anchor>
          ),
        },
        { title: 'Rule', cell: (row) => <Code>{row.segmentRule ?? 'hidden'}</Code> },
        { title: 'Status', sort: 'status', cell: (row) => <Status of={row.status.toLowerCase()} /> },
      ]}
    />
  )
}

function About({ trait }: { trait: TraitRow }) {
  return (
    <Facts label="Trait">
      <Fact title="Status">
        <Status of={trait.status.toLowerCase()} />
      </Fact>
      <Fact title="Id">{trait.sid}</Fact>
      <Fact title="Comes">{traitTypes[trait.traitType]}</Fact>
      <Fact title="Data source">
        <SourceLink id={trait.dataSourceId} />
      </Fact>
      <Fact title="Kept">{trait.ttl === 0 ? 'for good' : `${number(trait.ttl)} days after the last event that brought it`}</Fact>
      <Fact title="Integration code">{trait.integrationCode ?? 'none'}</Fact>
      <Fact title="Changed">{when(trait.updateTime)}</Fact>
    </Facts>
  )
}
