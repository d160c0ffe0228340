import { Anchor, Button, Code, Pill, Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'
import { datasetPage, type DatasetRow, isForProfiles, schemaPath, schemaTitles } from './calls'

const states: Record<string, string> = { success: 'lastBatchStatus==success', failed: 'lastBatchStatus==failed', none: '!lastBatchStatus' }

/** Every dataset of the environment, with the state of its newest batch. */
export function Datasets() {
  const place = usePlace()
  const [state, setState] = useChoice('state')
  const [schema, setSchema] = useChoice('schema')
  const titles = useQuery({ queryKey: ['schemas', place, 'titles'], refetchInterval: 60_000, queryFn: schemaTitles })
  const titleOf = (id: string) => titles.data?.get(id) ?? `${id.split('/').at(-1)!.slice(0, 12)}…`
  const property = [...(states[state] ? [states[state]] : []), ...(schema ? [`schemaRef.id==${schema}`] : [])]
  return (
    <Page
      title="Datasets"
      actions={
        <Button component={Link} to="/datasets/new">
          Create dataset
        </Button>
      }
    >
      <DataTable<DatasetRow>
        label="Datasets"
        remember="datasets"
        queryKey={['datasets', place, property]}
        page={(ask) => datasetPage(ask, property)}
        searches="Name, id or schema"
        sort="-created"
        isFiltered={property.length > 0}
        keyOf={(row) => row.id}
        filters={
          <>
            <Select
              aria-label="Last batch"
              data={[
                { value: '', label: 'Any last batch' },
                { value: 'success', label: 'Last one landed' },
                { value: 'failed', label: 'Last one failed' },
                { value: 'none', label: 'No batch yet' },
              ]}
              value={state}
              allowDeselect={false}
              onChange={(value) => setState(value ?? '')}
              w={165}
            />
            {schema && (
              <Pill withRemoveButton size="lg" onRemove={() => setSchema('')} removeButtonProps={{ 'aria-label': 'Datasets of any schema' }}>
                Schema: {titleOf(schema)}
              </Pill>
            )}
          </>
        }
        empty={
          <Text>
            There is no dataset yet. A dataset keeps what comes in: begin with <Anchor component={Link} to="/schemas/new">a schema</Anchor> that says what its messages look like, or{' '}
            <Anchor component={Link} to="/datasets/new">
              create a dataset
            </Anchor>{' '}
            of one that is there.
          </Text>
        }
        columns={[
          {
            title: 'Name',
            sort: 'name',
            cell: ({ id, dataset }) => (
              <Anchor component={Link} to={`/datasets/${id}`}>
                {dataset.name}
              </Anchor>
            ),
          },
          { title: 'Created', sort: 'created', cell: ({ dataset }) => when(dataset.created) },
          {
            title: 'Schema',
            cell: ({ dataset }) =>
              dataset.schemaRef && (
                <Anchor component={Link} to={schemaPath(dataset.schemaRef.id)}>
                  {titleOf(dataset.schemaRef.id)}
                </Anchor>
              ),
          },
          { title: 'Last batch', sort: 'lastBatchStatus', cell: ({ dataset }) => (dataset.lastBatchStatus ? <Status of={dataset.lastBatchStatus} /> : <Text size="sm">No batches</Text>) },
          { title: 'Updated', sort: 'updated', cell: ({ dataset }) => when(dataset.updated) },
          { title: 'For profiles', isExtra: true, cell: ({ dataset }) => (isForProfiles(dataset) ? 'yes' : 'no') },
          { title: 'Id', isExtra: true, cell: ({ id }) => <Code>{id}</Code> },
        ]}
      />
    </Page>
  )
}
