import { Anchor, Button, Text } from '@mantine/core'
import { Link } from 'react-router'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { userPage, type UserRow } from './calls'

/** Everybody who can sign in, and the accounts of clients. */
export function Users() {
  return (
    <Page
      title="Users"
      actions={
        <Button component={Link} to="/access/users/new">
          Create user
        </Button>
      }
    >
      <DataTable<UserRow>
        label="Users"
        remember="users"
        queryKey={['users']}
        page={userPage}
        searches="Name or e-mail"
        keyOf={(user) => String(user.userId)}
        empty={<Text>There is no user.</Text>}
        columns={[
          {
            title: 'User name',
            cell: (user) => (
              <Anchor component={Link} to={`/access/users/${user.userId}`} style={{ overflowWrap: 'anywhere' }}>
                {user.username}
              </Anchor>
            ),
          },
          { title: 'Name', cell: (user) => [user.firstName, user.lastName].filter(Boolean).join(' ') },
          { title: 'State', cell: (user) => <Status of={user.status.toLowerCase()} /> },
          { title: 'Kind', cell: (user) => (user.clientId ? 'of a client' : user.apiOnly ? 'API only' : user.isAdmin ? 'administrator' : 'person') },
          { title: 'Groups', align: 'right', cell: (user) => user.groups.length },
          { title: 'Environments', cell: (user) => user.environments.join(', ') || 'all' },
          { title: 'E-mail', isExtra: true, cell: (user) => user.email },
          { title: 'Created', isExtra: true, cell: (user) => when(user.createdAt) },
        ]}
      />
    </Page>
  )
}
