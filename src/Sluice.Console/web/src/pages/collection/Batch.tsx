import { Anchor, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from 'react-router'
import { collection, done, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { bytes, number, Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { dataset } from './calls'
import { RowTable } from './RowTable'

type Refusal = { code?: string; description?: string; recordCount?: number; rows?: number }

/** One batch: how much landed, when, what was wrong with the rest, and its first rows. */
export function Batch() {
  const { id, batch: batchId } = useParams() as { id: string; batch: string }
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const batch = useQuery({
    queryKey: ['batch', place, batchId],
    queryFn: async () => Object.values(await must(collection.GET('/data/foundation/catalog/batches/{batchId}', { params: { path: { batchId } } })))[0]!,
  })
  const target = useQuery({ queryKey: ['dataset', place, id], refetchInterval: false, queryFn: () => dataset(id) })
  const hasLanded = batch.data?.status === 'success' || batch.data?.status === 'active'
  const preview = useQuery({
    queryKey: ['batch-preview', place, batchId],
    enabled: hasLanded,
    refetchInterval: false,
    queryFn: async () => {
      const { preview } = await must(collection.GET('/data/foundation/export/batches/{batchId}/datasets/{datasetId}/preview', { params: { path: { batchId, datasetId: id } } }))
      return preview.rows.map((row) => Object.fromEntries(preview.columns.map((column, at) => [column.name, row[at] ?? undefined])))
    },
  })
  const metrics = batch.data?.metrics ?? {}
  const errors = (batch.data?.errors ?? []) as Refusal[]
  const facts: [string, string | undefined][] = [
    ['Records ingested', number(metrics.outputRecordCount ?? 0)],
    ['Records failed', metrics.failedRecordCount ? number(metrics.failedRecordCount) : undefined],
    ['Size', bytes(metrics.inputByteSize ?? 0)],
    ['File size', metrics.outputByteSize ? bytes(metrics.outputByteSize) : undefined],
    ['Ingestion began', when(batch.data?.started)],
    ['Ingestion ended', batch.data?.completed ? when(batch.data.completed) : undefined],
    ['Sender\'s own id', batch.data?.externalId],
  ]
  return (
    <Page
      title="Batch"
      above={[
        { title: 'Datasets', to: '/datasets' },
        { title: target.data?.name ?? 'Dataset', to: `/datasets/${id}` },
      ]}
      actions={
        batch.data &&
        batch.data.status !== 'deleted' && (
          <Confirm
            action="Delete batch"
            title="Delete this batch?"
            run={() => done(collection.DELETE('/data/foundation/catalog/batches/{batchId}', { params: { path: { batchId } } }))}
            after={() => {
              void queries.invalidateQueries({ queryKey: ['batches'] })
              void go(`/datasets/${id}`)
            }}
          >
            Its {number((metrics.outputRecordCount ?? 0) + (metrics.failedRecordCount ?? 0))} records leave the dataset and their file leaves the disk. This cannot be undone.
          </Confirm>
        )
      }
    >
      <Fault error={batch.error} />
      <CopyText text={batchId} label="Batch ID" />
      {batch.data && (
        <Table aria-label="Batch" maw={560}>
          <Table.Tbody>
            <Table.Tr>
              <Table.Th w={180}>Status</Table.Th>
              <Table.Td>
                <Status of={batch.data.status} />
              </Table.Td>
            </Table.Tr>
            {facts
              .filter(([, value]) => value)
              .map(([name, value]) => (
                <Table.Tr key={name}>
                  <Table.Th>{name}</Table.Th>
                  <Table.Td>{value}</Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      )}
      {batch.data && (
        <Stack gap="xs">
          <Title order={2} size="h4">
            Errors
          </Title>
          {errors.length === 0 ? (
            <Text>No errors.</Text>
          ) : (
            <>
              <Table aria-label="Errors" maw={960}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Code</Table.Th>
                    <Table.Th>Description</Table.Th>
                    <Table.Th ta="right">Records</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {errors.map((error, at) => (
                    <Table.Tr key={at}>
                      <Table.Td>{error.code}</Table.Td>
                      <Table.Td style={{ overflowWrap: 'anywhere' }}>{error.description}</Table.Td>
                      <Table.Td ta="right">{number(error.recordCount ?? error.rows ?? 0)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
              <Text>
                The messages are kept whole: <Anchor component={Link} to={`/failed?dataset=${id}`}>put them right and send them again</Anchor>.
              </Text>
            </>
          )}
        </Stack>
      )}
      {hasLanded && (
        <Stack gap="xs">
          <Title order={2} size="h4">
            First rows
          </Title>
          <Fault error={preview.error} />
          {preview.data && <RowTable label="First rows" rows={preview.data} />}
        </Stack>
      )}
    </Page>
  )
}
