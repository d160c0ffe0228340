import { Alert, Button, Code, Group, List, Progress, SimpleGrid, Stack, Text, Textarea, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { collection, done, must } from '../../api/clients'
import type { components } from '../../api/generated/collection'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { JsonView } from '../../ui/JsonView'
import { number, when } from '../../ui/Page'
import { Status } from '../../ui/Status'
import { difference, type Operation } from './patch'

type Fix = components['schemas']['Fix']
type Props = { fingerprint: string; group: components['schemas']['FailureGroup'] | null; sample: unknown }

/** Puts a group right: change one message, try the change on all of them, and send them again. */
export function FixPanel({ fingerprint, group, sample }: Props) {
  const place = usePlace()
  const queries = useQueryClient()
  const [edited, setEdited] = useState<string>()
  const [patch, setPatch] = useState('[]')
  const [fixId, setFixId] = useState<string>()

  const wanted = parse(patch)
  const message = edited === undefined ? { value: sample } : parse(edited)
  const fix = useQuery({
    queryKey: ['fix', place, fixId],
    enabled: fixId !== undefined,
    refetchInterval: (query) => (query.state.data && query.state.data.state !== 'running' ? false : 500),
    queryFn: () => must(collection.GET('/api/sluice/v1/failed-messages/fixes/{fixId}', { params: { path: { fixId: fixId! } } })),
  })
  const isRunning = fixId !== undefined && (fix.data === undefined || fix.data.state === 'running')
  const state = fix.data?.state
  useEffect(() => {
    if (state === undefined || state === 'running') return
    // The group first: one that is put right has no messages to ask for.
    void queries.invalidateQueries({ queryKey: ['failed-group'] }).then(() => {
      if (queries.getQueryData(['failed-group', place, fingerprint])) void queries.invalidateQueries({ queryKey: ['failed-message'] })
      for (const key of ['failed', 'fixes']) void queries.invalidateQueries({ queryKey: [key] })
    })
  }, [state, fixId, queries, place, fingerprint])

  const begin = useMutation({
    mutationFn: (dryRun: boolean) =>
      must(collection.POST('/api/sluice/v1/failed-messages/groups/{fingerprint}/fixes', { params: { path: { fingerprint } }, body: { patch: wanted.value as Operation[], dryRun } })),
    onSuccess: (made) => setFixId(made.id),
  })
  const cancel = useMutation({
    mutationFn: () => done(collection.DELETE('/api/sluice/v1/failed-messages/fixes/{fixId}', { params: { path: { fixId: fixId! } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['fix', place, fixId] }),
  })
  return (
    <Stack>
      {group && sample !== undefined && (
        <Stack gap="sm">
          <Title order={2} size="h4">
            Put them right
          </Title>
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            <Textarea
              label="Change this message"
              description="What you change in it becomes the patch beside it."
              value={edited ?? JSON.stringify(sample, null, 2)}
              onChange={(event) => {
                const text = event.currentTarget.value
                setEdited(text)
                const changed = parse(text)
                if (changed.fault === undefined) setPatch(JSON.stringify(difference(sample, changed.value), null, 2))
              }}
              error={message.fault}
              autosize
              minRows={8}
              maxRows={22}
              spellCheck={false}
              styles={{ input: { fontFamily: 'monospace', fontSize: 13 } }}
            />
            <Textarea
              label="Patch"
              description="A JSON Patch that is applied to each message of the group. An empty one sends them as they are, which helps when the schema has changed since."
              value={patch}
              onChange={(event) => setPatch(event.currentTarget.value)}
              error={wanted.fault ?? (Array.isArray(wanted.value) ? undefined : 'A JSON Patch is an array')}
              autosize
              minRows={8}
              maxRows={22}
              spellCheck={false}
              styles={{ input: { fontFamily: 'monospace', fontSize: 13 } }}
            />
          </SimpleGrid>
          <Fault error={begin.error ?? cancel.error} />
          <Group>
            <Button variant="default" onClick={() => begin.mutate(true)} loading={begin.isPending} disabled={wanted.fault !== undefined || isRunning}>
              Try it out
            </Button>
            <Confirm action="Fix and send again" title={`Send ${number(group.count)} ${group.count === 1 ? 'message' : 'messages'} again?`} run={() => begin.mutateAsync(false)} isDestructive={false}>
              Each is patched and judged as if it came in now. Those that pass land in their dataset; those that do not stay here.
            </Confirm>
            <Button variant="subtle" onClick={() => [setEdited(undefined), setPatch('[]')]}>
              Begin anew
            </Button>
          </Group>
        </Stack>
      )}
      {fix.data && <FixResult fix={fix.data} onCancel={isRunning ? () => cancel.mutate() : undefined} />}
      <Fault error={fix.error} />
      <EarlierFixes fingerprint={fingerprint} />
    </Stack>
  )
}

function FixResult({ fix, onCancel }: { fix: Fix; onCancel?: () => void }) {
  const isOver = fix.state !== 'running'
  const words = fix.dryRun ? ['would pass', 'would be known already', 'would be refused'] : ['landed or about to land', 'were known already', 'were refused again']
  return (
    <Alert color={!isOver ? 'blue' : fix.refused + fix.unreadable > 0 || fix.state !== 'done' ? 'orange' : 'teal'} title={fix.dryRun ? 'Trying it out' : 'Sending again'} role="status">
      <Stack gap="xs">
        <Progress value={fix.total === 0 ? 100 : (100 * fix.processed) / fix.total} aria-label="Progress" />
        <Text size="sm">
          {isOver ? (fix.state === 'done' ? 'Done' : `It ended: ${fix.state}`) : 'Under way'}: {number(fix.processed)} of {number(fix.total)} looked at. {number(fix.passed)} {words[0]}
          {fix.duplicate > 0 ? `, ${number(fix.duplicate)} ${words[1]}` : ''}
          {fix.refused > 0 ? `, ${number(fix.refused)} ${words[2]}` : ''}
          {fix.unreadable > 0 ? `, ${number(fix.unreadable)} could not be read` : ''}.
        </Text>
        {(fix.reasons ?? []).length > 0 && (
          <List size="sm">
            {fix.reasons!.map((reason) => (
              <List.Item key={reason.message} style={{ overflowWrap: 'anywhere' }}>
                {number(reason.count)}: {reason.message}
              </List.Item>
            ))}
          </List>
        )}
        {isOver && fix.samples?.[0] && (
          <details>
            <summary>The first message, patched: {fix.samples[0].passes ? 'it passes' : `it does not: ${fix.samples[0].reason}`}</summary>
            <JsonView value={fix.samples[0].message} label="The first message, patched" maxHeight={280} />
          </details>
        )}
        {onCancel && (
          <Group>
            <Button size="xs" variant="default" onClick={onCancel}>
              Stop
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  )
}

function EarlierFixes({ fingerprint }: { fingerprint: string }) {
  const place = usePlace()
  const fixes = useQuery({
    queryKey: ['fixes', place, fingerprint],
    queryFn: async () => (await must(collection.GET('/api/sluice/v1/failed-messages/fixes', { params: { query: { fingerprint, limit: 100 } } }))).fixes,
  })
  if (!fixes.data?.length) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        What was tried
      </Title>
      <DataTable
        label="Fixes"
        rows={fixes.data}
        error={fixes.error}
        keyOf={(one) => one.id}
        textOf={(one) => JSON.stringify(one.patch)}
        empty={null}
        columns={[
          { title: 'When', by: (one) => one.created, cell: (one) => when(one.created) },
          { title: 'Kind', by: (one) => String(one.dryRun), cell: (one) => (one.dryRun ? 'tried out' : 'sent again') },
          { title: 'State', by: (one) => one.state, cell: (one) => <Status of={one.state} /> },
          { title: 'Passed', by: (one) => one.passed, align: 'right', cell: (one) => number(one.passed) },
          { title: 'Refused', by: (one) => one.refused, align: 'right', cell: (one) => number(one.refused) },
          { title: 'By', by: (one) => one.createdBy, cell: (one) => one.createdBy },
          { title: 'Patch', cell: (one) => <Code style={{ overflowWrap: 'anywhere' }}>{JSON.stringify(one.patch)}</Code> },
        ]}
      />
    </Stack>
  )
}

function parse(text: string): { value?: unknown; fault?: string } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : 'This is not JSON' }
  }
}
