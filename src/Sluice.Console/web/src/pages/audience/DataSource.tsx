import { Anchor, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { audience } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { Figure } from '../../ui/Figure'
import { number, Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { segmentPage, some, traitPage } from './calls'
import { Actions } from './Editing'
import { Fact, Facts } from './Facts'
import { ask } from './refusal'
import { exportRestrictions, idTypes } from './words'

/** One data source: what it is, how much hangs on it, and deleting it when nothing does. */
export function DataSource() {
  const id = Number(useParams().id)
  const place = usePlace()
  const path = { dataSourceId: id }
  const found = useQuery({ queryKey: ['source', place, id], queryFn: () => ask(audience.GET('/v1/datasources/{dataSourceId}', { params: { path } })) })
  const traits = useQuery({ queryKey: ['source-traits', place, id], queryFn: async () => (await traitPage(some('', 1), { dataSourceId: [id] })).total ?? 0 })
  const segments = useQuery({ queryKey: ['source-segments', place, id], queryFn: async () => (await segmentPage(some('', 1), { dataSourceId: [id] })).total ?? 0 })
  const source = found.data
  return (
    <Page
      title={source?.name ?? 'Data source'}
      above={[{ title: 'Data sources', to: '/audience/sources' }]}
      actions={
        source && (
          <Actions kind="source" id={id} name={source.name} remove={() => ask(audience.DELETE('/v1/datasources/{dataSourceId}', { params: { path } }))} warning="Only a data source that nothing uses can go." />
        )
      }
    >
      <Fault error={found.error} />
      {source && (
        <>
          {source.description && <Text>{source.description}</Text>}
          <SimpleGrid cols={{ base: 2, sm: 3 }} maw={640}>
            <Figure title="Traits" value={traits.data === undefined ? '…' : number(traits.data)} />
            <Figure title="Segments" value={segments.data === undefined ? '…' : number(segments.data)} />
          </SimpleGrid>
          <Text size="sm">
            <Anchor component={Link} to={`/audience/traits?source=${id}`}>
              Its traits
            </Anchor>
            {' · '}
            <Anchor component={Link} to={`/audience/segments?source=${id}`}>
              its segments
            </Anchor>
            {' · '}
            <Anchor component={Link} to={`/audience/profiles?namespace=${id}`}>
              look up one of its ids
            </Anchor>
          </Text>
          <Facts label="Data source">
            <Fact title="Status">
              <Status of={source.status.toLowerCase()} />
            </Fact>
            <Fact title="Id">{source.dataSourceId}</Fact>
            <Fact title="Ids of">{idTypes[source.idType]}</Fact>
            <Fact title="Integration code">{source.integrationCode ?? 'none'}</Fact>
            <Fact title="Namespace">{source.customNamespaceCode}</Fact>
            <Fact title="What it carries">{source.dataExportRestrictions.map((one) => exportRestrictions.find((known) => known.value === one)?.label ?? one).join(', ') || 'may go anywhere'}</Fact>
            <Fact title="Profiles kept">{number(Math.round(source.customerProfileDataRetention / 86_400))} days without a sign of life</Fact>
            <Fact title="Created">{when(source.createTime)}</Fact>
            <Fact title="Changed">{when(source.updateTime)}</Fact>
          </Facts>
        </>
      )}
    </Page>
  )
}
