import { Anchor, Badge, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'

const most = 100

/** Every dataset of the environment, with the state of its newest batch. */
export function Datasets() {
  const place = usePlace()
  const datasets = useQuery({
    queryKey: ['datasets', place],
    queryFn: async () => {
      const rows = []
      for (let start = 0; ; start += most) {
        const query = { limit: most, start }
        const [some, last] = await Promise.all([must(collection.GET('/data/foundation/catalog/dataSets', { params: { query } })), must(collection.GET('/data/foundation/catalog/lastBatches', { params: { query } }))])
        const page = Object.entries(some).map(([id, dataset]) => ({ id, dataset, status: last[id]?.lastBatchStatus }))
        rows.push(...page)
        if (page.length < most) return rows
      }
    },
  })
  return (
    <Page title="Datasets">
      <DataTable
        label="Datasets"
        rows={datasets.data}
        error={datasets.error}
        keyOf={(row) => row.id}
        textOf={(row) => `${row.dataset.name} ${row.id} ${row.dataset.schemaRef?.id ?? ''}`}
        empty={<Text>There is no dataset yet. One is made of a schema, by the API: POST /data/foundation/catalog/dataSets.</Text>}
        columns={[
          {
            title: 'Name',
            by: (row) => row.dataset.name ?? '',
            cell: (row) => (
              <Anchor component={Link} to={`/datasets/${row.id}`}>
                {row.dataset.name}
              </Anchor>
            ),
          },
          { title: 'Created', by: (row) => row.dataset.created ?? 0, cell: (row) => when(row.dataset.created) },
          { title: 'Schema', by: (row) => row.dataset.schemaRef?.id ?? '', cell: (row) => row.dataset.schemaRef?.id.split('/').at(-1) },
          { title: 'Last batch', by: (row) => row.status ?? '', cell: (row) => row.status && <Badge color={row.status === 'success' ? 'teal' : row.status === 'failed' ? 'red' : 'gray'}>{row.status}</Badge> },
          { title: 'Updated', by: (row) => row.dataset.updated ?? 0, cell: (row) => when(row.dataset.updated) },
        ]}
      />
    </Page>
  )
}
