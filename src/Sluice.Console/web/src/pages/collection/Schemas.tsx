import { Anchor, Button, Code, Text } from '@mantine/core'
import { Link } from 'react-router'
import { usePlace } from '../../Shell'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { type Resource, schemaPage, sorts } from './registry'

/** Every schema that the organization made. */
export function Schemas() {
  const place = usePlace()
  return (
    <Page
      title="Schemas"
      actions={
        <Button component={Link} to="/schemas/new">
          Create schema
        </Button>
      }
    >
      <DataTable<Resource>
        label="Schemas"
        remember="schemas"
        queryKey={['schemas', place]}
        page={schemaPage}
        searches="Title, description or id"
        sort={sorts.title}
        keyOf={(row) => row.$id}
        empty={
          <Text>
            There is no schema yet. A schema says what messages look like, and what does not fit is refused: <Anchor component={Link} to="/schemas/new">create the first one</Anchor>.
          </Text>
        }
        columns={[
          {
            title: 'Title',
            sort: sorts.title,
            cell: (row) => (
              <Anchor component={Link} to={`/schemas/${encodeURIComponent(row['meta:altId'])}`}>
                {row.title ?? row['meta:altId']}
              </Anchor>
            ),
          },
          { title: 'Class', cell: (row) => row['meta:class']?.split('/').at(-1) ?? 'of its own' },
          { title: 'For profiles', cell: (row) => (row['meta:immutableTags']?.includes('union') ? 'yes' : 'no') },
          { title: 'Version', sort: sorts.version, cell: (row) => row.version },
          { title: 'Changed', sort: sorts.modified, cell: (row) => when(row['meta:registryMetadata']?.['repo:lastModifiedDate']) },
          { title: 'Description', isExtra: true, cell: (row) => row.description },
          { title: 'Id', isExtra: true, cell: (row) => <Code>{row.$id}</Code> },
        ]}
      />
    </Page>
  )
}
