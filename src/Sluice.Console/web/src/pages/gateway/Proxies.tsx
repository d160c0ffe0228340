import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { gateway, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { type Column, DataTable } from '../../ui/DataTable'
import { number, Page } from '../../ui/Page'
import { type BundleRow, bundleColumns } from './bundles/columns'
import { listBundles, listDeployments } from './bundles/calls'
import { ImportBundle } from './bundles/ImportBundle'

type Row = BundleRow & { requests: number; clientErrors: number; serverErrors: number }

const columns: Column<Row>[] = [
  ...bundleColumns('proxy'),
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
      const [listed, deployments, counts] = await Promise.all([
        listBundles('proxy', place.org),
        listDeployments('proxy', place),
        must(gateway.GET('/v1/organizations/{org}/environments/{env}/counts', { params: { path: place } })),
      ])
      return listed.map((one) => {
        const counted = counts.proxies.find((proxy) => proxy.name === one.name)
        return {
          name: one.name,
          revisions: one.revision.length,
          deployed: deployments.find((deployment) => deployment.name === one.name)?.revision,
          requests: counted?.requests ?? 0,
          clientErrors: counted?.clientErrors ?? 0,
          serverErrors: counted?.serverErrors ?? 0,
        }
      })
    },
  })
  return (
    <Page title="Proxies">
      <ImportBundle kind="proxy" />
      <DataTable
        label="Proxies"
        rows={proxies.data}
        error={proxies.error}
        columns={columns}
        keyOf={(row) => row.name}
        textOf={(row) => row.name}
        empty={
          <Text>
            No proxy is here yet. Import a bundle above, or bring one from a folder: <code>sluice proxies deploy ./weather</code>
          </Text>
        }
      />
    </Page>
  )
}
