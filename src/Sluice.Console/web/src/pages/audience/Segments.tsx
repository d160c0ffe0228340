import { Anchor, Button, Text } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { number, Page, when } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'
import { findSources, type SegmentRow, segmentPage } from './calls'
import { FolderFrame } from './FolderFrame'

/** Every segment, folder by folder. */
export function Segments() {
  const place = usePlace()
  const [query] = useSearchParams()
  const [source, setSource] = useChoice('source')
  const folder = query.get('folder')
  const make = folder ? `/audience/segments/new?folder=${folder}` : '/audience/segments/new'
  return (
    <Page
      title="Segments"
      actions={
        <Button component={Link} to={make}>
          Create segment
        </Button>
      }
    >
      <FolderFrame family="segments">
        {(folderId) => (
          <DataTable<SegmentRow>
            label="Segments"
            remember="audience-segments"
            queryKey={['segments', place, folderId, source]}
            page={(wanted) => segmentPage(wanted, { folderId, includeMetrics: true, ...(source ? { dataSourceId: [Number(source)] } : {}) })}
            searches="Name, id, rule or code"
            sort="name"
            isFiltered={source !== ''}
            filters={<PickFromServer label="Data source" queryKey={['pick', 'sources', place]} find={findSources} value={source} onChange={setSource} placeholder="any" width={200} />}
            keyOf={(row) => String(row.sid)}
            empty={
              <Text>
                {folderId === undefined ? 'There is no segment yet.' : 'There is no segment in this folder.'} A segment is everybody for whom a rule over traits holds: <Anchor component={Link} to={make}>create one</Anchor>.
              </Text>
            }
            columns={[
              {
                title: 'Name',
                sort: 'name',
                cell: (row) => (
                  <Anchor component={Link} to={`/audience/segments/${row.sid}`}>
                    {row.name}
                  </Anchor>
                ),
              },
              { title: 'Id', sort: 'sid', align: 'right', cell: (row) => row.sid },
              { title: 'Status', sort: 'status', cell: (row) => <Status of={row.status.toLowerCase()} /> },
              { title: 'People, 30 days', sort: 'totalUniques30Day', align: 'right', cell: (row) => number(row.totalUniques30Day ?? 0) },
              { title: 'People ever', sort: 'totalUniquesLifetime', isExtra: true, align: 'right', cell: (row) => number(row.totalUniquesLifetime ?? 0) },
              { title: 'Code', sort: 'integrationCode', isExtra: true, cell: (row) => row.integrationCode },
              { title: 'Changed', sort: 'updateTime', cell: (row) => when(row.updateTime) },
            ]}
          />
        )}
      </FolderFrame>
    </Page>
  )
}
