import { Anchor, Button, Text } from '@mantine/core'
import { Link } from 'react-router'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { type DestinationRow, destinationPage } from './calls'
import { destinationTypes } from './words'

/** Every destination that segments are sent to. */
export function Destinations() {
  const place = usePlace()
  return (
    <Page
      title="Destinations"
      actions={
        <Button component={Link} to="/audience/destinations/new">
          Create destination
        </Button>
      }
    >
      <DataTable<DestinationRow>
        label="Destinations"
        remember="audience-destinations"
        queryKey={['destinations', place]}
        page={(wanted) => destinationPage(wanted)}
        searches="Name or id"
        sort="name"
        keyOf={(row) => String(row.destinationId)}
        empty={
          <Text>
            There is no destination yet. A destination is told who is in a segment: <Anchor component={Link} to="/audience/destinations/new">create the first one</Anchor>.
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
          { title: 'Id', sort: 'destinationId', align: 'right', cell: (row) => row.destinationId },
          { title: 'Type', sort: 'destinationType', cell: (row) => destinationTypes[row.destinationType] },
          { title: 'Status', sort: 'status', cell: (row) => <Status of={row.status.toLowerCase()} /> },
          { title: 'Changed', sort: 'updateTime', cell: (row) => when(row.updateTime) },
          { title: 'Description', isExtra: true, cell: (row) => row.description },
        ]}
      />
    </Page>
  )
}
