import { Anchor, Button, Code, Text } from '@mantine/core'
import { Link } from 'react-router'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { clientPage, type ClientRow } from './calls'

/** Every program that may ask for tokens. */
export function Clients() {
  return (
    <Page
      title="Clients"
      actions={
        <Button component={Link} to="/access/clients/new">
          Create client
        </Button>
      }
    >
      <DataTable<ClientRow>
        label="Clients"
        remember="clients"
        queryKey={['clients']}
        page={clientPage}
        searches="Name or id"
        keyOf={(client) => client.clientId}
        empty={<Text>There is no client. A program needs one to ask for tokens.</Text>}
        columns={[
          {
            title: 'Name',
            cell: (client) => (
              <Anchor component={Link} to={`/access/clients/${encodeURIComponent(client.clientId)}`} style={{ overflowWrap: 'anywhere' }}>
                {client.name}
              </Anchor>
            ),
          },
          { title: 'Client id', cell: (client) => <Code>{client.clientId}</Code> },
          { title: 'State', cell: (client) => <Status of={client.enabled ? 'enabled' : 'disabled'} /> },
          { title: 'Kind', cell: (client) => (client.kind === 'legacy' ? 'legacy' : client.isAdmin ? 'API, administrator' : 'API') },
          { title: 'Secrets', align: 'right', cell: (client) => client.secrets.length },
          { title: 'Environments', isExtra: true, cell: (client) => client.environments.join(', ') || 'all' },
          { title: 'Created', isExtra: true, cell: (client) => when(client.createdAt) },
        ]}
      />
    </Page>
  )
}
