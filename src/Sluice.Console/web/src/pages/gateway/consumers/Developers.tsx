import { Anchor, Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { usePlace } from '../../../Shell'
import { DataTable } from '../../../ui/DataTable'
import { Page, when } from '../../../ui/Page'
import { Status } from '../../../ui/Status'
import { listDevelopers } from './calls'

/** The people whose apps call the proxies. */
export function Developers() {
  const { org } = usePlace()
  const developers = useQuery({ queryKey: ['developers', org], queryFn: () => listDevelopers(org) })
  return (
    <Page
      title="Developers"
      actions={
        <Button component={Link} to="/gateway/developers/new">
          Create developer
        </Button>
      }
    >
      <DataTable
        label="Developers"
        rows={developers.data}
        error={developers.error}
        keyOf={(row) => row.developerId}
        textOf={(row) => `${row.email} ${row.firstName} ${row.lastName}`}
        empty={<Text>There is no developer yet. A developer has apps, and an app has the keys that calls carry.</Text>}
        columns={[
          {
            title: 'E-mail',
            by: (row) => row.email,
            cell: (row) => (
              <Anchor component={Link} to={`/gateway/developers/${encodeURIComponent(row.email)}`}>
                {row.email}
              </Anchor>
            ),
          },
          { title: 'Name', by: (row) => `${row.lastName} ${row.firstName}`, cell: (row) => `${row.firstName} ${row.lastName}` },
          { title: 'State', by: (row) => row.status, cell: (row) => <Status of={row.status} /> },
          { title: 'Apps', by: (row) => row.apps.length, align: 'right', cell: (row) => row.apps.length },
          { title: 'Created', by: (row) => row.createdAt, cell: (row) => when(row.createdAt) },
        ]}
      />
    </Page>
  )
}
