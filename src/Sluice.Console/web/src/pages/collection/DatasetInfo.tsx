import { Anchor, Button, Group, Stack, Switch, Table, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { when } from '../../ui/Page'
import { type DatasetRow, isForProfiles, profileTag, schemaPath } from './calls'
import { writtenSchema } from './registry'

/** What a dataset is: its id, name, description and schema, and whether it is for profiles. */
export function DatasetInfo({ id, dataset }: DatasetRow) {
  const place = usePlace()
  const queries = useQueryClient()
  const [name, setName] = useState(dataset.name ?? '')
  const [description, setDescription] = useState(dataset.description ?? '')
  const schemaId = dataset.schemaRef?.id ?? ''
  const schema = useQuery({
    queryKey: ['schema-written', place, schemaId],
    enabled: schemaId !== '',
    queryFn: () => writtenSchema(schemaId),
  })
  const change = useMutation({
    mutationFn: (body: Record<string, unknown>) => must(collection.PATCH('/data/foundation/catalog/dataSets/{datasetId}', { params: { path: { datasetId: id } }, body })),
    onSuccess: () => Promise.all([queries.invalidateQueries({ queryKey: ['dataset', place, id] }), queries.invalidateQueries({ queryKey: ['datasets'] })]),
  })
  const isChanged = name.trim() !== dataset.name || description !== (dataset.description ?? '')
  return (
    <Stack maw={720}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate({ name: name.trim(), description })
        }}
      >
        <Stack>
          <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={512} />
          <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} />
          <Group>
            <Button type="submit" disabled={!isChanged || name.trim() === ''} loading={change.isPending}>
              Save
            </Button>
            {change.isSuccess && !isChanged && <Text role="status">Saved.</Text>}
          </Group>
        </Stack>
      </form>
      <Switch
        label="For profiles"
        description="What lands also updates the profiles of the people it is about, and their segments. Messages from before do not count."
        checked={isForProfiles(dataset)}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ tags: { ...dataset.tags, [profileTag]: [`enabled:${event.currentTarget.checked}`] } })}
      />
      <Fault error={change.error} />
      <Table aria-label="Info">
        <Table.Tbody>
          <Table.Tr>
            <Table.Th w={160}>Dataset ID</Table.Th>
            <Table.Td>
              <CopyText text={id} label="the dataset's id" />
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Schema</Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <Anchor component={Link} to={schemaPath(schemaId)}>
                {schema.data?.title ?? schemaId}
              </Anchor>
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Created</Table.Th>
            <Table.Td>
              {when(dataset.created)} by {dataset.createdUser}
            </Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Updated</Table.Th>
            <Table.Td>{when(dataset.updated)}</Table.Td>
          </Table.Tr>
          <Table.Tr>
            <Table.Th>Repeated messages</Table.Th>
            <Table.Td>{dataset.deduplication ? `found by their id within ${((dataset.deduplicationWindowSeconds ?? 604_800) / 3_600).toLocaleString()} hours` : 'kept like any other'}</Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </Stack>
  )
}
