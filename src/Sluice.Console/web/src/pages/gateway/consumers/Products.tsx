import { Anchor, Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { usePlace } from '../../../Shell'
import { DataTable } from '../../../ui/DataTable'
import { Page } from '../../../ui/Page'
import { listProducts } from './calls'

/** What is offered to developers: which proxies and paths, how often. */
export function Products() {
  const { org } = usePlace()
  const products = useQuery({ queryKey: ['products', org], queryFn: () => listProducts(org) })
  return (
    <Page
      title="API products"
      actions={
        <Button component={Link} to="/gateway/products/new">
          Create product
        </Button>
      }
    >
      <DataTable
        label="API products"
        rows={products.data}
        error={products.error}
        keyOf={(row) => row.name}
        textOf={(row) => `${row.name} ${row.displayName} ${row.proxies.join(' ')}`}
        empty={<Text>There is no API product yet. Keys of apps are for products: make one that names your proxies.</Text>}
        columns={[
          {
            title: 'Name',
            by: (row) => row.name,
            cell: (row) => (
              <Anchor component={Link} to={`/gateway/products/${encodeURIComponent(row.name)}`}>
                {row.name}
              </Anchor>
            ),
          },
          { title: 'Shown as', by: (row) => row.displayName, cell: (row) => row.displayName },
          { title: 'Keys', by: (row) => row.approvalType, cell: (row) => (row.approvalType === 'auto' ? 'approved at once' : 'wait for approval') },
          { title: 'Proxies', cell: (row) => row.proxies.join(', ') || 'all' },
          { title: 'Environments', cell: (row) => row.environments.join(', ') || 'all' },
          { title: 'Quota', cell: (row) => (row.quota ? `${row.quota} per ${row.quotaInterval ?? '1'} ${row.quotaTimeUnit ?? ''}` : 'none') },
        ]}
      />
    </Page>
  )
}
