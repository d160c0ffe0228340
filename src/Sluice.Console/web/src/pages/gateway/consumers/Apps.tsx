import { Anchor, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { usePlace } from '../../../Shell'
import { DataTable } from '../../../ui/DataTable'
import { Page, when } from '../../../ui/Page'
import { Status } from '../../../ui/Status'
import { appPath, listApps, listDevelopers } from './calls'

/** The apps of all developers, with how many of their keys wait for approval. */
export function Apps() {
  const { org } = usePlace()
  const apps = useQuery({
    queryKey: ['apps', org],
    queryFn: async () => {
      const [all, developers] = await Promise.all([listApps(org), listDevelopers(org)])
      const emails = new Map(developers.map((one) => [one.developerId, one.email]))
      return all.map((app) => ({ ...app, email: emails.get(app.developerId) ?? app.developerId }))
    },
  })
  return (
    <Page title="Apps">
      <DataTable
        label="Apps"
        rows={apps.data}
        error={apps.error}
        keyOf={(app) => app.appId}
        textOf={(app) => `${app.name} ${app.email}`}
        empty={
          <Text>
            There is no app yet. Apps belong to{' '}
            <Anchor component={Link} to="/gateway/developers">
              developers
            </Anchor>
            .
          </Text>
        }
        columns={[
          {
            title: 'Name',
            by: (app) => app.name,
            cell: (app) => (
              <Anchor component={Link} to={appPath(app.email, app.name)}>
                {app.name}
              </Anchor>
            ),
          },
          { title: 'Developer', by: (app) => app.email, cell: (app) => app.email },
          { title: 'State', by: (app) => app.status, cell: (app) => <Status of={app.status} /> },
          { title: 'Keys', by: (app) => app.credentials.length, align: 'right', cell: (app) => app.credentials.length },
          { title: 'Waiting', by: (app) => waiting(app), align: 'right', cell: (app) => waiting(app) },
          { title: 'Created', by: (app) => app.createdAt, cell: (app) => when(app.createdAt) },
        ]}
      />
    </Page>
  )
}

const waiting = (app: { credentials: { status: string; apiProducts: { status: string }[] }[] }) => app.credentials.filter((key) => key.status === 'pending' || key.apiProducts.some((one) => one.status === 'pending')).length
