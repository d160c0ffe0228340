import { Button, Group, Select, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { access, must } from '../../api/clients'
import type { components } from '../../api/generated/access'
import { Fault } from '../../ui/Fault'
import { Page, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'

type Kind = components['schemas']['AuditKind']

const kinds: Kind[] = [
  'user.signed-in', 'user.signed-out', 'user.consented', 'user.locked', 'user.password-changed', 'user.created', 'user.changed', 'user.deleted', 'user.unlocked',
  'group.created', 'group.changed', 'group.deleted', 'client.created', 'client.changed', 'client.deleted', 'client.secret-added', 'client.secret-removed',
  'client.key-added', 'client.key-removed', 'token.granted', 'code.granted', 'token.revoked', 'token.reused', 'signing-key.added', 'signing-key.retired', 'account.changed',
]

/** Who did what, newest first. */
export function Audit() {
  const [kind, setKind] = useChoice('kind')
  const [outcome, setOutcome] = useChoice('outcome')
  const [actor, setActor] = useChoice('actor')
  const [subject, setSubject] = useChoice('subject')
  const [from, setFrom] = useChoice('from')
  const [to, setTo] = useChoice('to')
  const [asked] = useDebouncedValue({ kind, outcome, actor: actor.trim(), subject: subject.trim(), from, to }, 300)
  const log = useInfiniteQuery({
    queryKey: ['audit', asked],
    refetchInterval: false,
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      must(
        access.GET('/api/sluice/v1/audit', {
          params: {
            query: {
              kind: (asked.kind || undefined) as Kind | undefined,
              outcome: (asked.outcome || undefined) as 'done' | 'refused' | undefined,
              actor: asked.actor || undefined,
              subject: asked.subject || undefined,
              from: asked.from ? Date.parse(asked.from) : undefined,
              to: asked.to ? Date.parse(asked.to) : undefined,
              before: pageParam,
              limit: 100,
            },
          },
        }),
      ),
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const lines = log.data?.pages.flatMap((page) => page.items)
  return (
    <Page
      title="Audit log"
      actions={
        <Button variant="default" loading={log.isRefetching} onClick={() => void log.refetch()}>
          Read again
        </Button>
      }
    >
      <Group align="end">
        <Select label="What" placeholder="Everything" data={kinds} value={kind || null} onChange={(value) => setKind(value ?? '')} searchable clearable clearButtonProps={{ 'aria-label': 'Everything' }} w={210} />
        <Select
          label="Outcome"
          data={[
            { value: '', label: 'Any' },
            { value: 'done', label: 'Done' },
            { value: 'refused', label: 'Refused' },
          ]}
          value={outcome}
          allowDeselect={false}
          onChange={(value) => setOutcome(value ?? '')}
          w={120}
        />
        <TextInput label="Who" placeholder="user or client id" value={actor} onChange={(event) => setActor(event.currentTarget.value)} w={180} />
        <TextInput label="To what" value={subject} onChange={(event) => setSubject(event.currentTarget.value)} w={180} />
        <TextInput label="From" type="datetime-local" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
        <TextInput label="To" type="datetime-local" value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      </Group>
      <Fault error={log.error} />
      {lines?.length === 0 && <Text>Nothing like that is in the log.</Text>}
      {lines && lines.length > 0 && (
        <Table.ScrollContainer minWidth={900}>
          <Table striped aria-label="Audit log">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Outcome</Table.Th>
                <Table.Th>Who</Table.Th>
                <Table.Th>To what</Table.Th>
                <Table.Th>From where</Table.Th>
                <Table.Th>Detail</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lines.map((line) => (
                <Table.Tr key={line.seq}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{when(line.atMs)}</Table.Td>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{line.kind}</Table.Td>
                  <Table.Td>
                    <Status of={line.outcome} />
                  </Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{line.actor || line.clientId}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{line.subject}</Table.Td>
                  <Table.Td>{line.address}</Table.Td>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{line.detail}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {log.hasNextPage && (
        <Group>
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Older
          </Button>
        </Group>
      )}
    </Page>
  )
}
