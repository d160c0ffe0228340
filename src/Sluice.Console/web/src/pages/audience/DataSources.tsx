import { Anchor, Button, Text } from '@mantine/core'
import { Link } from 'react-router'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { type SourceRow, sourcePage } from './calls'
import { idTypes } from './words'

/** Every data source: where ids, traits and segments come from. */
export function DataSources() {
  const place = usePlace()
  return (
    <Page
      title="Data sources"
      actions={
        <Button component={Link} to="/audience/sources/new">
          Create data source
        </Button>
      }
    >
      <DataTable<SourceRow>
        label="Data sources"
        remember="audience-sources"
        queryKey={['sources', place]}
        page={sourcePage}
        searches="Name, id or code"
        sort="name"
        keyOf={(row) => String(row.dataSourceId)}
        empty={
          <Text>
            There is no data source yet. A data source owns ids of customers, traits and segments: <Anchor component={Link} to="/audience/sources/new">create the first one</Anchor>.
          </Text>
        }
        columns={[
          {
            title: 'Name',
            sort: 'name',
            cell: (row) => (
              <Anchor component={Link} to={`/audience/sources/${row.dataSourceId}`}>
                {row.name}
              </Anchor>
            ),
          },
          { title: 'Id', sort: 'dataSourceId', align: 'right', cell: (row) => row.dataSourceId },
          { title: 'Ids of', sort: 'idType', cell: (row) => idTypes[row.idType] },
          { title: 'Status', sort: 'status', cell: (row) => <Status of={row.status.toLowerCase()} /> },
          { title: 'Code', sort: 'integrationCode', cell: (row) => row.integrationCode },
          { title: 'Created', sort: 'createTime', isExtra: true, cell: (row) => when(row.createTime) },
          { title: 'Changed', sort: 'updateTime', cell: (row) => when(row.updateTime) },
          { title: 'Description', isExtra: true, cell: (row) => row.description },
        ]}
      />
    </Page>
  )
}
