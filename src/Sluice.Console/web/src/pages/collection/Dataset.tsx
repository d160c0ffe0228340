import { Badge, Button, Code, CopyButton, Group, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { number, Page, when } from '../../ui/Page'

/** One dataset: its id to copy, what it is, and its batches. */
export function Dataset() {
  const id = useParams().id!
  const place = usePlace()
  const dataset = useQuery({
    queryKey: ['dataset', place, id],
    queryFn: async () => Object.values(await must(collection.GET('/data/foundation/catalog/dataSets/{datasetId}', { params: { path: { datasetId: id } } })))[0],
  })
  const batches = useQuery({
    queryKey: ['batches', place, id],
    queryFn: async () => Object.entries(await must(collection.GET('/data/foundation/catalog/batches', { params: { query: { dataSet: id, limit: 100, orderBy: 'desc:created' } as { limit: number } } }))).map(([batchId, batch]) => ({ batchId, batch })),
  })
  const facts: [string, string | undefined][] = [
    ['Name', dataset.data?.name],
    ['Schema', dataset.data?.schemaRef?.id],
    ['Created', when(dataset.data?.created)],
    ['Updated', when(dataset.data?.updated)],
  ]
  return (
    <Page title={dataset.data?.name ?? 'Dataset'} above={[{ title: 'Datasets', to: '/datasets' }]}>
      {dataset.error && <Text role="alert">{dataset.error.message}</Text>}
      <Group>
        <Text>Dataset ID</Text>
        <Code>{id}</Code>
        <CopyButton value={id}>
          {({ copied, copy }) => (
            <Button size="xs" variant="light" onClick={copy}>
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Table aria-label="Info" maw={720}>
        <Table.Tbody>
          {facts
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th w={140}>{name}</Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      <Title order={2} size="h4">
        Newest batches
      </Title>
      <DataTable
        label="Batches"
        rows={batches.data}
        error={batches.error}
        keyOf={(row) => row.batchId}
        textOf={(row) => `${row.batchId} ${row.batch.status}`}
        empty={<Text>No batch has landed yet.</Text>}
        columns={[
          { title: 'Batch', by: (row) => row.batchId, cell: (row) => <Code>{row.batchId}</Code> },
          { title: 'Status', by: (row) => row.batch.status ?? '', cell: (row) => <Badge color={row.batch.status === 'success' ? 'teal' : row.batch.status === 'failed' ? 'red' : 'gray'}>{row.batch.status}</Badge> },
          { title: 'Records', by: (row) => row.batch.metrics?.inputRecordCount ?? 0, align: 'right', cell: (row) => number(row.batch.metrics?.inputRecordCount ?? 0) },
          { title: 'Failed', by: (row) => row.batch.metrics?.failedRecordCount ?? 0, align: 'right', cell: (row) => number(row.batch.metrics?.failedRecordCount ?? 0) },
          { title: 'Created', by: (row) => row.batch.created ?? 0, cell: (row) => when(row.batch.created) },
        ]}
      />
    </Page>
  )
}
