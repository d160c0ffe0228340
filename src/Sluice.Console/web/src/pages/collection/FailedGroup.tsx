import { Alert, Anchor, Badge, Group, Pagination, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { JsonView } from '../../ui/JsonView'
import { number, Page, when } from '../../ui/Page'
import { schemaPath } from './calls'
import { FixPanel } from './FixPanel'
import { placeOf, placesOf, reasonsOf, sentMessage, xactionIdOf } from './patch'

/** One group of failed messages: its messages with the place of the fault marked, and the way to put them right. */
export function FailedGroup() {
  const fingerprint = useParams().fingerprint!
  const place = usePlace()
  const [at, setAt] = useState(1)
  const path = { fingerprint }
  // A group whose last message was put right is not there any more: that is the end of the story, not a fault.
  const group = useQuery({
    queryKey: ['failed-group', place, fingerprint],
    queryFn: async () => (await must(collection.GET('/api/sluice/v1/failed-messages/groups', { params: { query: { search: fingerprint, limit: 1 } } }))).groups[0] ?? null,
  })
  const open = group.data?.count ?? 0
  const message = useQuery({
    queryKey: ['failed-message', place, fingerprint, at],
    enabled: open > 0,
    refetchInterval: false,
    queryFn: async () => (await must(collection.GET('/api/sluice/v1/failed-messages/groups/{fingerprint}/messages', { params: { path, query: { start: at - 1, limit: 1 } } }))).messages[0],
  })
  const shown = message.data?.message
  const xactionId = xactionIdOf(shown)
  return (
    <Page title={group.data ? `${group.data.keyword}: ${placeOf(group.data)}` : 'Failed messages'} above={[{ title: 'Failed messages', to: '/failed' }]}>
      <Fault error={group.error} />
      {group.data === null && (
        <Alert color="teal" role="status" title="Nothing failed is left in this group.">
          Every message of it was put right, or its batches are gone. <Anchor component={Link} to="/failed">Other groups</Anchor>
        </Alert>
      )}
      {group.data && (
        <Table aria-label="Group" maw={900}>
          <Table.Tbody>
            <Table.Tr>
              <Table.Th w={140}>Messages</Table.Th>
              <Table.Td>
                {number(group.data.count)}, from {when(group.data.firstSeen)} to {when(group.data.lastSeen)}
              </Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th>Rule</Table.Th>
              <Table.Td>
                {group.data.keyword} <Badge variant="default">{group.data.code}</Badge>
              </Table.Td>
            </Table.Tr>
            {group.data.schema && (
              <Table.Tr>
                <Table.Th>Schema</Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  <Anchor component={Link} to={schemaPath(group.data.schema)}>
                    {group.data.schema}
                  </Anchor>
                </Table.Td>
              </Table.Tr>
            )}
            <Table.Tr>
              <Table.Th>Kept in</Table.Th>
              <Table.Td>
                {group.data.owners.map((owner) => (
                  <Text key={owner.id} size="sm">
                    {owner.type === 'dataSet' ? <Anchor component={Link} to={`/datasets/${owner.id}`}>dataset {owner.id}</Anchor> : `inlet ${owner.id.slice(0, 12)}…`}: {number(owner.count)}
                  </Text>
                ))}
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      )}
      {group.data && open > 0 && (
        <Stack gap="xs">
          <Group justify="space-between">
            <Title order={2} size="h4">
              Message {number(at)} of {number(open)}
            </Title>
            {open > 1 && <Pagination total={open} value={Math.min(at, open)} onChange={setAt} siblings={0} size="sm" getControlProps={(control) => ({ 'aria-label': `${control} message` })} getItemProps={(page) => ({ 'aria-label': `Message ${page}` })} />}
          </Group>
          <Fault error={message.error} />
          {reasonsOf(shown).map((reason, number) => (
            <Text key={number} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {reason.message}
            </Text>
          ))}
          {shown !== undefined && <JsonView value={sentMessage(shown)} label="Message" marked={placesOf(group.data)} />}
          {xactionId && (
            <Text size="sm">
              <Anchor component={Link} to={`/trace?id=${encodeURIComponent(xactionId)}`}>
                Trace of {xactionId}
              </Anchor>
            </Text>
          )}
        </Stack>
      )}
      {(group.data !== undefined || group.error) && <FixPanel fingerprint={fingerprint} group={group.data ?? null} sample={sentMessage(shown)} />}
    </Page>
  )
}
