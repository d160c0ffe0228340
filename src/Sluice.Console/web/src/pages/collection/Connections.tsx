import { Anchor, Button, Code, Text } from '@mantine/core'
import { Link } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import type { ConnectionRow } from './calls'

/** Every connection that producers send to. */
export function Connections() {
  const place = usePlace()
  return (
    <Page
      title="Connections"
      actions={
        <Button component={Link} to="/connections/new">
          Create connection
        </Button>
      }
    >
      <DataTable<ConnectionRow>
        label="Connections"
        remember="connections"
        queryKey={['connections', place]}
        page={async (ask) => {
          const query = { limit: ask.size, start: ask.start, count: true, search: ask.search || undefined, orderby: `${ask.isDown ? '-' : ''}${ask.sort || 'name'}` }
          const page = await must(collection.GET('/data/foundation/flowservice/connections', { params: { query } }))
          return { rows: page.items, total: page.count }
        }}
        searches="Name or id"
        sort="-createdAt"
        keyOf={(row) => row.id}
        empty={
          <Text>
            There is no connection yet. A connection is an address that producers send messages to: <Anchor component={Link} to="/connections/new">create the first one</Anchor>.
          </Text>
        }
        columns={[
          {
            title: 'Name',
            sort: 'name',
            cell: (row) => (
              <Anchor component={Link} to={`/connections/${row.id}`}>
                {row.name}
              </Anchor>
            ),
          },
          { title: 'State', sort: 'state', cell: (row) => <Status of={row.state} /> },
          { title: 'Token', cell: (row) => (row.auth.params.authenticationRequired ? 'required' : 'not asked for') },
          { title: 'Created', sort: 'createdAt', cell: (row) => when(row.createdAt) },
          { title: 'Changed', sort: 'updatedAt', isExtra: true, cell: (row) => when(row.updatedAt) },
          { title: 'Inlet', isExtra: true, cell: (row) => <Code>{row.auth.params.inletId}</Code> },
        ]}
      />
    </Page>
  )
}
