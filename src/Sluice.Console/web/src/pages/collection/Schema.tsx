import { Alert, Anchor, Button, Code, List, Stack, Tabs, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearchParams } from 'react-router'
import { collection, done, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { CopyText } from '../../ui/CopyText'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { JsonView } from '../../ui/JsonView'
import { Page, when } from '../../ui/Page'
import { useChoice } from '../../ui/tableState'
import { sampleOf } from './calls'
import { everyOf, wholeSchema, writtenSchema } from './registry'
import { SchemaTree } from './SchemaTree'

/** One schema: its fields as a tree, what it is made of, how it changed, and a message that fits. */
export function Schema() {
  const id = useParams().id!
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [query] = useSearchParams()
  const [tab, setTab] = useChoice('tab', 'fields')
  const schema = useQuery({ queryKey: ['schema-whole', place, id], queryFn: () => wholeSchema(id) })
  const path = { type: 'schemas', id }
  const isInUnion = schema.data?.['meta:immutableTags']?.includes('union') ?? false
  const identities = (schema.data?.['meta:descriptors'] ?? []).filter((one) => one['@type'] === 'xdm:descriptorIdentity')
  return (
    <Page
      title={schema.data?.title ?? 'Schema'}
      above={[{ title: 'Schemas', to: '/schemas' }]}
      actions={
        schema.data && (
          <>
            <Button variant="default" component={Link} to={`/datasets/new?schema=${encodeURIComponent(schema.data.$id)}`}>
              Create dataset of it
            </Button>
            {!isInUnion && (
              <Confirm
                action="Enable for profiles"
                title="Enable the schema for profiles?"
                isDestructive={false}
                run={() => must(collection.PATCH('/data/foundation/schemaregistry/tenant/{type}/{id}', { params: { path }, body: [{ op: 'add', path: '/meta:immutableTags/-', value: 'union' }] }))}
                after={() => void queries.invalidateQueries({ queryKey: ['schema-whole', place, id] })}
              >
                The schema joins the union of its class. It cannot leave it again, and from then on it may only grow. It needs a primary identity or the identity map.
              </Confirm>
            )}
            <Confirm
              action="Delete schema"
              title={`Delete ${schema.data.title}?`}
              run={() => done(collection.DELETE('/data/foundation/schemaregistry/tenant/{type}/{id}', { params: { path } }))}
              after={() => {
                void go('/schemas')
                queries.removeQueries({ queryKey: ['schema-whole', place, id] })
                void queries.invalidateQueries({ queryKey: ['schemas'] })
              }}
            >
              It goes with its identity descriptors. The server refuses while a dataset uses it.
            </Confirm>
          </>
        )
      }
    >
      <Fault error={schema.error} />
      {query.get('new') && schema.data && (
        <Alert color="teal" role="status" title="The schema is there.">
          Next:{' '}
          <Anchor component={Link} to={`/datasets/new?schema=${encodeURIComponent(schema.data.$id)}`}>
            create a dataset
          </Anchor>{' '}
          that keeps messages which look like this.
        </Alert>
      )}
      {schema.data && (
        <>
          {schema.data.description && <Text>{schema.data.description}</Text>}
          <CopyText text={schema.data.$id} label="Schema ID" />
          <Text size="sm">
            Version {schema.data.version}, changed {when(schema.data['meta:registryMetadata']?.['repo:lastModifiedDate'])}. {isInUnion ? 'Enabled for profiles.' : ''}{' '}
            <Anchor component={Link} to={`/datasets?schema=${encodeURIComponent(schema.data.$id)}`}>
              Datasets of this schema
            </Anchor>
          </Text>
          <Tabs value={tab} onChange={(value) => setTab(value ?? 'fields')} keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="fields">Fields</Tabs.Tab>
              <Tabs.Tab value="composition">Composition</Tabs.Tab>
              <Tabs.Tab value="versions">Versions</Tabs.Tab>
              <Tabs.Tab value="sample">Sample</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="fields">
              <SchemaTree schema={schema.data} identities={identities} />
            </Tabs.Panel>
            <Tabs.Panel value="composition">
              <Composition id={id} />
            </Tabs.Panel>
            <Tabs.Panel value="versions">
              <Versions id={id} />
            </Tabs.Panel>
            <Tabs.Panel value="sample">
              <Sample id={id} />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Page>
  )
}

function Composition({ id }: { id: string }) {
  const place = usePlace()
  const written = useQuery({ queryKey: ['schema-written', place, id], queryFn: () => writtenSchema(id) })
  const classes = useQuery({ queryKey: ['classes', place], refetchInterval: false, queryFn: () => everyOf('classes') })
  const groups = useQuery({ queryKey: ['fieldgroups', place], refetchInterval: false, queryFn: () => everyOf('fieldgroups') })
  if (written.error ?? classes.error ?? groups.error) return <Fault error={written.error ?? classes.error ?? groups.error} />
  if (!written.data || !classes.data || !groups.data) return <Text role="status">Loading …</Text>
  const classId = written.data['meta:class']
  const used = (written.data.allOf ?? []).flatMap((one) => (one.$ref && one.$ref !== classId ? [one.$ref] : []))
  const nameOf = (wanted: string) => [...classes.data, ...groups.data].find((one) => one.$id === wanted)?.title ?? wanted
  const own = Object.keys(written.data.properties ?? {})
  return (
    <Stack gap="xs">
      <Text>
        Class: <b>{classId ? nameOf(classId) : 'none; the schema stands alone'}</b>
      </Text>
      <Text>{used.length === 0 ? 'It uses no field groups.' : 'Field groups:'}</Text>
      <List>
        {used.map((one) => (
          <List.Item key={one}>
            {nameOf(one)} <Code>{one}</Code>
          </List.Item>
        ))}
      </List>
      {own.length > 0 && (
        <Text>
          Fields of its own under: <Code>{own.join(', ')}</Code>
        </Text>
      )}
    </Stack>
  )
}

function Versions({ id }: { id: string }) {
  const place = usePlace()
  const log = useQuery({
    queryKey: ['schema-log', place, id],
    queryFn: () => must(collection.GET('/data/foundation/schemaregistry/rpc/auditlog/{id}', { params: { path: { id } } })),
  })
  return (
    <DataTable
      label="Versions"
      rows={log.data}
      error={log.error}
      keyOf={(one) => `${one.version} ${one.updatedTime} ${one.action}`}
      textOf={(one) => `${one.version} ${one.action} ${one.updatedUser} ${one.paths.join(' ')}`}
      empty={<Text>No change is recorded.</Text>}
      columns={[
        { title: 'Version', by: (one) => one.version, cell: (one) => one.version },
        { title: 'Change', by: (one) => one.action, cell: (one) => one.action },
        { title: 'When', by: (one) => one.updatedTime, cell: (one) => when(one.updatedTime) },
        { title: 'Who', by: (one) => one.updatedUser, cell: (one) => one.updatedUser },
        { title: 'Places', cell: (one) => <Code style={{ overflowWrap: 'anywhere' }}>{one.paths.join(' ')}</Code> },
      ]}
    />
  )
}

function Sample({ id }: { id: string }) {
  const place = usePlace()
  const sample = useQuery({ queryKey: ['sample', place, id], refetchInterval: false, queryFn: () => sampleOf(id) })
  if (sample.error) return <Fault error={sample.error} />
  if (sample.data === undefined) return <Text role="status">Loading …</Text>
  return (
    <Stack>
      <Text size="sm">An entity that the schema takes, with a value for as many fields as can be.</Text>
      <JsonView value={sample.data} label="Sample" />
    </Stack>
  )
}
