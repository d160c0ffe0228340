import { Alert, Anchor, Button, Group, Tabs, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { CopyText } from '../../ui/CopyText'
import { Fault } from '../../ui/Fault'
import { Page } from '../../ui/Page'
import { useChoice } from '../../ui/tableState'
import { dataset } from './calls'
import { DatasetActivity } from './DatasetActivity'
import { DatasetInfo } from './DatasetInfo'
import { DatasetPreview } from './DatasetPreview'

/** One dataset: what came in, what it is, and its first rows. */
export function Dataset() {
  const id = useParams().id!
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [query] = useSearchParams()
  const [tab, setTab] = useChoice('tab', 'activity')
  const found = useQuery({ queryKey: ['dataset', place, id], queryFn: () => dataset(id) })
  return (
    <Page
      title={found.data?.name ?? 'Dataset'}
      above={[{ title: 'Datasets', to: '/datasets' }]}
      actions={
        found.data && (
          <>
            <Button variant="default" component={Link} to={`/connections/new?dataset=${id}`}>
              Send to it
            </Button>
            <Confirm
              action="Delete dataset"
              title={`Delete ${found.data.name}?`}
              run={() => must(collection.DELETE('/data/foundation/catalog/dataSets/{datasetId}', { params: { path: { datasetId: id } } }))}
              after={() => {
                void go('/datasets')
                queries.removeQueries({ queryKey: ['dataset', place, id] })
                void queries.invalidateQueries({ queryKey: ['datasets'] })
              }}
            >
              It takes no more messages, its batches are deleted with it, and their files leave the disk. This cannot be undone.
            </Confirm>
          </>
        )
      }
    >
      <Fault error={found.error} />
      {query.get('new') && (
        <Alert color="teal" role="status" title="The dataset is there.">
          Next:{' '}
          <Anchor component={Link} to={`/connections/new?dataset=${id}`}>
            create a connection
          </Anchor>{' '}
          that producers send its messages to.
        </Alert>
      )}
      <Group gap="xs">
        <Text size="sm">Dataset ID</Text>
        <CopyText text={id} label="Dataset ID" />
      </Group>
      {found.data && (
        <Tabs value={tab} onChange={(value) => setTab(value ?? 'activity')} keepMounted={false}>
          <Tabs.List mb="md">
            <Tabs.Tab value="activity">Activity</Tabs.Tab>
            <Tabs.Tab value="info">Info</Tabs.Tab>
            <Tabs.Tab value="preview">Preview</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="activity">
            <DatasetActivity id={id} created={found.data.created ?? 0} />
          </Tabs.Panel>
          <Tabs.Panel value="info">
            <DatasetInfo id={id} dataset={found.data} />
          </Tabs.Panel>
          <Tabs.Panel value="preview">
            <DatasetPreview id={id} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Page>
  )
}
