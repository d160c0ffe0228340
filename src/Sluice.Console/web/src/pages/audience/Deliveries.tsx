import { Alert, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { Figure } from '../../ui/Figure'
import { number, when } from '../../ui/Page'
import { ask } from './refusal'

type Letter = components['schemas']['DeadLetter']

/** What a delivery's state means, as both destinations and webhooks have it. */
export type Going = Pick<components['schemas']['DestinationDeliveries'], 'state' | 'lag' | 'delivered' | 'failed' | 'retried' | 'attempts' | 'nextAttempt' | 'lastDelivered' | 'lastStatus' | 'lastError' | 'missed'>

/** How deliveries go, in a sentence and in numbers. */
export function DeliveryState({ of }: { of: Going }) {
  const tookNothing = of.state === 'delivering' && of.lastDelivered === null && of.failed > 0
  const isBad = of.state !== 'delivering' || tookNothing
  return (
    <Stack gap="sm">
      <Alert color={isBad ? 'red' : 'teal'} role="status" title={tookNothing ? 'It has taken nothing so far.' : titles[of.state]} style={{ overflowWrap: 'anywhere' }}>
        {isBad ? (
          <>
            {of.lastError ? `${of.lastError.replace(/\.$/, '')}.` : of.lastStatus ? `It answered ${of.lastStatus}.` : 'It did not answer.'} {of.attempts > 0 && `Tried ${number(of.attempts)} ${of.attempts === 1 ? 'time' : 'times'}. `}
            {of.nextAttempt !== null && `The next attempt is at ${when(of.nextAttempt)}.`}
          </>
        ) : of.lastDelivered === null ? (
          'Nothing had to be sent yet.'
        ) : (
          `Last delivered at ${when(of.lastDelivered)}.`
        )}
      </Alert>
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        <Figure title="Waiting" value={number(of.lag.changes)} isBad={isBad && of.lag.changes > 0} />
        <Figure title="Delivered" value={number(of.delivered)} />
        <Figure title="Tried again" value={number(of.retried)} />
        <Figure title="Failed attempts" value={number(of.failed)} isBad={of.failed > 0} />
      </SimpleGrid>
      {of.lag.since !== null && <Text size="sm">The oldest that waits has waited since {when(of.lag.since)}.</Text>}
      {of.missed > 0 && <Text size="sm">{number(of.missed)} changes were forgotten before they could be sent.</Text>}
    </Stack>
  )
}

const titles: Record<Going['state'], string> = {
  delivering: 'It takes what it is sent.',
  waiting: 'It does not take what it is sent; attempts go on.',
  stopped: 'Nothing is sent.',
}

const page = 200

/** A destination's deliveries: whether they go, and those that were given up. */
export function Deliveries({ destinationId }: { destinationId: number }) {
  const place = usePlace()
  const queries = useQueryClient()
  const path = { destinationId }
  const key = ['deliveries', place, destinationId]
  const found = useQuery({ queryKey: key, refetchInterval: 2_000, queryFn: () => ask(audience.GET('/api/sluice/v1/destinations/{destinationId}/deliveries', { params: { path } })) })
  const letters = useQuery({
    queryKey: [...key, 'letters'],
    refetchInterval: 3_000,
    queryFn: () => ask(audience.GET('/api/sluice/v1/destinations/{destinationId}/dead-letters', { params: { path, query: { limit: page } } })),
  })
  const refresh = () => queries.invalidateQueries({ queryKey: key })
  const redeliver = useMutation({
    mutationFn: (ids?: number[]) => ask(audience.POST('/api/sluice/v1/destinations/{destinationId}/dead-letters/redeliver', { params: { path }, body: ids ? { ids } : {} })),
    onSuccess: refresh,
  })
  const discard = (id?: number) => ask(audience.DELETE('/api/sluice/v1/destinations/{destinationId}/dead-letters', { params: { path, query: { id } } }))
  const total = letters.data?.total ?? 0
  return (
    <Stack>
      <Fault error={found.error} />
      {found.data && <DeliveryState of={found.data} />}
      {found.data && found.data.unaddressed > 0 && <Text size="sm">{number(found.data.unaddressed)} changes were of profiles without an id of its data source, and so not sent.</Text>}
      <Group justify="space-between">
        <Title order={2} size="h4">
          Dead letters
        </Title>
        {total > 0 && (
          <Group>
            <Button variant="light" loading={redeliver.isPending} onClick={() => redeliver.mutate(undefined)}>
              Redeliver all
            </Button>
            <Confirm action="Discard all" title="Discard all dead letters?" run={() => discard()} after={() => void refresh()}>
              {number(total)} {total === 1 ? 'letter is' : 'letters are'} thrown away; the destination never hears of these changes. This cannot be undone.
            </Confirm>
          </Group>
        )}
      </Group>
      <Fault error={redeliver.error} />
      {redeliver.data && <Text role="status">{number(redeliver.data.redelivering)} on their way again.</Text>}
      <DataTable<Letter>
        label="Dead letters"
        rows={letters.data?.letters}
        error={letters.error}
        keyOf={(row) => String(row.id)}
        textOf={(row) => `${row.lastError} ${row.users.map((one) => one.id).join(' ')}`}
        empty={<Text>Nothing was given up.</Text>}
        columns={[
          { title: 'When', by: (row) => row.time, cell: (row) => when(row.time) },
          { title: 'Profiles', by: (row) => row.users.length, align: 'right', cell: (row) => number(row.users.length) },
          { title: 'Such as', cell: (row) => row.users[0]?.id },
          { title: 'Attempts', by: (row) => row.attempts, align: 'right', cell: (row) => number(row.attempts) },
          { title: 'Reason', by: (row) => row.lastError, cell: (row) => row.lastError || row.lastStatus },
          {
            title: 'What now',
            cell: (row) =>
              row.redelivering ? (
                'on its way again'
              ) : (
                <Group gap="xs" wrap="nowrap">
                  <Button size="compact-sm" variant="light" onClick={() => redeliver.mutate([row.id])} aria-label={`Redeliver the letter of ${when(row.time)}`}>
                    Redeliver
                  </Button>
                  <Confirm action="Discard" title="Discard this letter?" run={() => discard(row.id)} after={() => void refresh()}>
                    The destination never hears of these changes. This cannot be undone.
                  </Confirm>
                </Group>
              ),
          },
        ]}
      />
      {total > page && <Text size="sm">The first {number(page)} of {number(total)} are shown.</Text>}
    </Stack>
  )
}
