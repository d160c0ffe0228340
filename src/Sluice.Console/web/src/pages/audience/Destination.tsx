import { Code, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { audience } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'
import { Deliveries } from './Deliveries'
import { Actions } from './Editing'
import { Fact, Facts } from './Facts'
import { Mappings } from './Mappings'
import { ask } from './refusal'
import { SourceLink } from './SourceLink'
import { destinationTypes } from './words'

/** One destination: the segments it is sent, and how that goes. */
export function Destination() {
  const id = Number(useParams().id)
  const place = usePlace()
  const path = { destinationId: id }
  const found = useQuery({ queryKey: ['destination', place, id], queryFn: () => ask(audience.GET('/v1/destinations/{destinationId}', { params: { path } })) })
  const destination = found.data
  const isServer = destination?.destinationType === 'S2S'
  const [tab, setTab] = useChoice('tab')
  const shown = tab || (isServer ? 'deliveries' : 'mappings')
  return (
    <Page
      title={destination?.name ?? 'Destination'}
      above={[{ title: 'Destinations', to: '/audience/destinations' }]}
      actions={
        destination && (
          <Actions kind="destination" id={id} name={destination.name} remove={() => ask(audience.DELETE('/v1/destinations/{destinationId}', { params: { path } }))} warning="Its segments must be unmapped before." />
        )
      }
    >
      <Fault error={found.error} />
      {destination && (
        <>
          {destination.description && <Text>{destination.description}</Text>}
          <Tabs value={shown} onChange={(next) => setTab(next ?? '')} keepMounted={false}>
            <Tabs.List mb="md">
              {isServer && <Tabs.Tab value="deliveries">Deliveries</Tabs.Tab>}
              <Tabs.Tab value="mappings">Segments</Tabs.Tab>
              <Tabs.Tab value="info">Info</Tabs.Tab>
            </Tabs.List>
            {isServer && (
              <Tabs.Panel value="deliveries">
                <Deliveries destinationId={id} />
              </Tabs.Panel>
            )}
            <Tabs.Panel value="mappings">
              <Mappings destination={destination} />
            </Tabs.Panel>
            <Tabs.Panel value="info">
              <Facts label="Destination">
                <Fact title="Status">
                  <Status of={destination.status.toLowerCase()} />
                </Fact>
                <Fact title="Id">{destination.destinationId}</Fact>
                <Fact title="Type">{destinationTypes[destination.destinationType]}</Fact>
                {destination.serverUrl && (
                  <Fact title="Server URL">
                    <Code>{destination.serverUrl}</Code>
                  </Fact>
                )}
                {isServer && <Fact title="Signed">{destination.signatureKey ? `in ${destination.signatureHeader}, by ${destination.signatureAlgorithm}` : 'no'}</Fact>}
                {destination.secureUrlFormatString && (
                  <Fact title="URL">
                    <Code>{destination.secureUrlFormatString}</Code>
                  </Fact>
                )}
                {destination.cookieName && <Fact title="Cookie">{destination.cookieName}</Fact>}
                {destination.dataSourceId !== null && (
                  <Fact title="Data source">
                    <SourceLink id={destination.dataSourceId} />
                  </Fact>
                )}
                <Fact title="Changed">{when(destination.updateTime)}</Fact>
              </Facts>
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Page>
  )
}
