import { Anchor, Button, Text } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { number, Page, when } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'
import { findSources, type TraitRow, traitPage } from './calls'
import { FolderFrame } from './FolderFrame'
import { traitTypes } from './words'

/** Every trait, folder by folder. */
export function Traits() {
  const place = usePlace()
  const [query] = useSearchParams()
  const [source, setSource] = useChoice('source')
  const folder = query.get('folder')
  const make = folder ? `/audience/traits/new?folder=${folder}` : '/audience/traits/new'
  return (
    <Page
      title="Traits"
      actions={
        <Button component={Link} to={make}>
          Create trait
        </Button>
      }
    >
      <FolderFrame family="traits">
        {(folderId) => (
          <DataTable<TraitRow>
            label="Traits"
            remember="audience-traits"
            queryKey={['traits', place, folderId, source]}
            page={(wanted) => traitPage(wanted, { folderId, includeMetrics: true, ...(source ? { dataSourceId: [Number(source)] } : {}) })}
            searches="Name, id, rule or code"
            sort="name"
            isFiltered={source !== ''}
            filters={<PickFromServer label="Data source" queryKey={['pick', 'sources', place]} find={findSources} value={source} onChange={setSource} placeholder="any" width={200} />}
            keyOf={(row) => String(row.sid)}
            empty={
              <Text>
                {folderId === undefined ? 'There is no trait yet.' : 'There is no trait in this folder.'} A trait is what one can know about somebody from an event: <Anchor component={Link} to={make}>create one</Anchor>.
              </Text>
            }
            columns={[
              {
                title: 'Name',
                sort: 'name',
                cell: (row) => (
                  <Anchor component={Link} to={`/audience/traits/${row.sid}`}>
                    {row.name}
                  </Anchor>
                ),
              },
              { title: 'Id', sort: 'sid', align: 'right', cell: (row) => row.sid },
              { title: 'Comes', sort: 'traitType', cell: (row) => traitTypes[row.traitType] },
              { title: 'Status', sort: 'status', cell: (row) => <Status of={row.status.toLowerCase()} /> },
              { title: 'People, 30 days', sort: 'uniques30Day', align: 'right', cell: (row) => number(row.uniques30Day ?? 0) },
              { title: 'People ever', sort: 'uniquesLifetime', isExtra: true, align: 'right', cell: (row) => number(row.uniquesLifetime ?? 0) },
              { title: 'Code', sort: 'integrationCode', isExtra: true, cell: (row) => row.integrationCode },
              { title: 'Changed', sort: 'updateTime', isExtra: true, cell: (row) => when(row.updateTime) },
            ]}
          />
        )}
      </FolderFrame>
    </Page>
  )
}
