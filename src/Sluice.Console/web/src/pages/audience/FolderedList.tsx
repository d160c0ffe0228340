import { Anchor, Button, Text } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { usePlace } from '../../Shell'
import { type Ask, type Column, DataTable, type Rows } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'
import { type Family, findSources } from './calls'
import { FolderFrame } from './FolderFrame'

type Row = { sid: number; name: string; status: string; integrationCode: string | null; updateTime: number }
type Narrow = { folderId?: number; dataSourceId?: number[]; includeMetrics: boolean }

type Props<R extends Row> = {
  title: string
  one: string
  family: Family
  page: (wanted: Ask, narrow: Narrow) => Promise<Rows<R>>
  /** What one is, in a sentence for those who have none. */
  about: string
  /** What stands beside name, id, status, code and time. */
  columns: Column<R>[]
}

/** Traits or segments, folder by folder. */
export function FolderedList<R extends Row>({ title, one, family, page, about, columns }: Props<R>) {
  const place = usePlace()
  const [query] = useSearchParams()
  const [source, setSource] = useChoice('source')
  const folder = query.get('folder')
  const path = `/audience/${family}`
  const make = folder ? `${path}/new?folder=${folder}` : `${path}/new`
  return (
    <Page
      title={title}
      actions={
        <Button component={Link} to={make}>
          Create {one}
        </Button>
      }
    >
      <FolderFrame family={family}>
        {(folderId) => (
          <DataTable<R>
            label={title}
            remember={`audience-${family}`}
            queryKey={[family, place, folderId, source]}
            page={(wanted) => page(wanted, { folderId, includeMetrics: true, ...(source ? { dataSourceId: [Number(source)] } : {}) })}
            searches="Name, id, rule or code"
            sort="name"
            isFiltered={source !== ''}
            filters={<PickFromServer label="Data source" queryKey={['pick', 'sources', place]} find={findSources} value={source} onChange={setSource} placeholder="any" width={200} />}
            keyOf={(row) => String(row.sid)}
            empty={
              <Text>
                {folderId === undefined ? `There is no ${one} yet.` : `There is no ${one} in this folder.`} {about}: <Anchor component={Link} to={make}>create one</Anchor>.
              </Text>
            }
            columns={[
              {
                title: 'Name',
                sort: 'name',
                cell: (row) => (
                  <Anchor component={Link} to={`${path}/${row.sid}`}>
                    {row.name}
                  </Anchor>
                ),
              },
              { title: 'Id', sort: 'sid', align: 'right', cell: (row) => row.sid },
              { title: 'Status', sort: 'status', cell: (row) => <Status of={row.status.toLowerCase()} /> },
              ...columns,
              { title: 'Code', sort: 'integrationCode', isExtra: true, cell: (row) => row.integrationCode },
              { title: 'Changed', sort: 'updateTime', isExtra: true, cell: (row) => when(row.updateTime) },
            ]}
          />
        )}
      </FolderFrame>
    </Page>
  )
}
