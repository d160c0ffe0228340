import { Anchor, Badge, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { gateway, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { type Column, DataTable } from '../../ui/DataTable'
import { number, Page } from '../../ui/Page'

type Row = { name: string; revisions: number; deployed?: string; requests: number; clientErrors: number; serverErrors: number }

const columns: Column<Row>[] = [
  {
    title: 'Name',
    by: (row) => row.name,
    cell: (row) => (
      <Anchor component={Link} to={`/gateway/proxies/${encodeURIComponent(row.name)}`}>
        {row.name}
      </Anchor>
    ),
  },
  { title: 'Deployed', by: (row) => Number(row.deployed ?? 0), cell: (row) => (row.deployed ? <Badge variant="light">revision {row.deployed}</Badge> : <Text size="sm">no</Text>) },
  { title: 'Revisions', by: (row) => row.revisions, align: 'right', cell: (row) => row.revisions },
  { title: 'Requests', by: (row) => row.requests, align: 'right', cell: (row) => number(row.requests) },
  { title: '4xx', by: (row) => row.clientErrors, align: 'right', cell: (row) => number(row.clientErrors) },
  { title: '5xx', by: (row) => row.serverErrors, align: 'right', cell: (row) => number(row.serverErrors) },
]

/** Every API proxy, whether it is deployed here, and how it fares. */
export function Proxies() {
  const place = usePlace()
  const proxies = useQuery({
    queryKey: ['proxies', place],
    queryFn: async (): Promise<Row[]> => {
      const params = { path: place }
      const [all, deployments, counts] = await Promise.all([
        must(gateway.GET('/v1/organizations/{org}/apis', { params: { path: { org: place.org }, query: { includeRevisions: true } } })),
        must(gateway.GET('/v1/organizations/{org}/environments/{env}/deployments', { params })),
        must(gateway.GET('/v1/organizations/{org}/environments/{env}/counts', { params })),
      ])
      const listed = 'proxies' in all ? all.proxies : []
      return listed.map((one) => {
        const counted = counts.proxies.find((proxy) => proxy.name === one.name)
        return {
          name: one.name,
          revisions: one.revision.length,
          deployed: deployments.deployments.find((deployment) => deployment.apiProxy === one.name)?.revision,
          requests: counted?.requests ?? 0,
          clientErrors: counted?.clientErrors ?? 0,
          serverErrors: counted?.serverErrors ?? 0,
        }
      })
    },
  })
  return (
    <Page title="Proxies">
      <DataTable
        label="Proxies"
        rows={proxies.data}
        error={proxies.error}
        columns={columns}
        keyOf={(row) => row.name}
        textOf={(row) => row.name}
        empty={
          <Text>
            No proxy is here yet. Bring one from a folder: <code>sluice proxies deploy ./weather</code>
          </Text>
        }
      />
    </Page>
  )
}
