import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { TableLoading } from '../../ui/TableFrame'
import { RowTable } from './RowTable'

/** The first hundred rows of a dataset's newest batches. */
export function DatasetPreview({ id }: { id: string }) {
  const place = usePlace()
  const preview = useQuery({
    queryKey: ['preview', place, id],
    refetchInterval: false,
    queryFn: async () => (await must(collection.GET('/data/foundation/export/datasets/{datasetId}/preview', { params: { path: { datasetId: id } } }))).data as Record<string, unknown>[],
  })
  if (preview.error) return <Fault error={preview.error} />
  if (preview.data === undefined) return <TableLoading label="Preview" />
  if (preview.data.length === 0) return <Text>There is no preview: nothing has landed in the dataset yet.</Text>
  return (
    <Stack>
      <Text size="sm">{preview.data.length === 100 ? 'The first 100 rows' : `${preview.data.length} ${preview.data.length === 1 ? 'row' : 'rows'}`} of the newest batches.</Text>
      <RowTable label="Preview" rows={preview.data} />
    </Stack>
  )
}
