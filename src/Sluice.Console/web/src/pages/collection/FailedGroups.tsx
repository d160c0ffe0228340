import { Anchor, Code, Group, Select, Text } from '@mantine/core'
import { Link } from 'react-router'
import { collection, must } from '../../api/clients'
import type { components } from '../../api/generated/collection'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { number, Page, when } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { useChoice } from '../../ui/tableState'
import { findDatasets } from './calls'
import { placeOf } from './patch'

type FailureGroup = components['schemas']['FailureGroup']

const keywords = ['required', 'type', 'format', 'pattern', 'enum', 'const', 'minimum', 'maximum', 'minLength', 'maxLength', 'additionalProperties']

/** Refused messages that wait to be put right, grouped by what is wrong with them. */
export function FailedGroups() {
  const place = usePlace()
  const [dataset, setDataset] = useChoice('dataset')
  const [keyword, setKeyword] = useChoice('keyword')
  const more = { dataSet: dataset || undefined, keyword: keyword || undefined }
  return (
    <Page title="Failed messages">
      <Text>Nothing that was refused is lost. Messages with the same fault stand together: look at one, say what to change, and send the whole group again.</Text>
      <DataTable<FailureGroup>
        label="Groups"
        remember="failed"
        queryKey={['failed', place, more]}
        page={async (ask) => {
          const query = { start: ask.start, limit: ask.size, search: ask.search || undefined, orderby: `${ask.isDown ? '-' : ''}${ask.sort || 'count'}`, ...more }
          const page = await must(collection.GET('/api/sluice/v1/failed-messages/groups', { params: { query } }))
          return { rows: page.groups, total: page._page.total }
        }}
        searches="Place, reason or id"
        sort="-count"
        isFiltered={dataset !== '' || keyword !== ''}
        keyOf={(row) => row.fingerprint}
        filters={
          <Group align="end">
            <PickFromServer label="Dataset" queryKey={['pick', 'datasets', place]} find={findDatasets} value={dataset} onChange={setDataset} placeholder="any" nothing="No dataset is found" width={200} />
            <Select label="Rule" data={keywords} value={keyword === '' ? null : keyword} onChange={(value) => setKeyword(value ?? '')} placeholder="any" clearable w={150} />
          </Group>
        }
        empty={<Text>No message waits to be put right: everything that came in was taken, or has been fixed since.</Text>}
        columns={[
          {
            title: 'Fault',
            cell: (row) => (
              <Anchor component={Link} to={`/failed/${row.fingerprint}`} style={{ overflowWrap: 'anywhere' }} lineClamp={2} title={row.message}>
                {row.message}
              </Anchor>
            ),
          },
          {
            title: 'Place',
            sort: 'pointer',
            cell: (row) => (row.pointer || row.property ? <Code style={{ whiteSpace: 'nowrap' }}>{placeOf(row)}</Code> : ''),
          },
          { title: 'Rule', sort: 'keyword', cell: (row) => row.keyword },
          { title: 'Messages', sort: 'count', align: 'right', cell: (row) => number(row.count) },
          { title: 'Last seen', sort: 'lastSeen', cell: (row) => when(row.lastSeen) },
          { title: 'First seen', sort: 'firstSeen', isExtra: true, cell: (row) => when(row.firstSeen) },
          { title: 'Code', isExtra: true, cell: (row) => row.code },
        ]}
      />
    </Page>
  )
}
