import { Anchor, Button, Code, Group, ScrollArea, Select, Table, Text, TextInput } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'react-router'
import { signedFetch } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { JsonView } from '../../ui/JsonView'
import { number, Page } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { Status } from '../../ui/Status'
import { useChoice } from '../../ui/tableState'
import { findDatasets } from './calls'
import { eventsOf } from './stream'

type Seen = { xactionId: string; receivedTimeMs: number; outcome: string; inletId: string; datasetId: string; schemaId: string; resent?: boolean; errors?: unknown; message?: string }

const most = 200

/** Messages as they are stored, newest first, until somebody pauses. */
export function Live() {
  const place = usePlace()
  const [dataset, setDataset] = useChoice('dataset')
  const [outcome, setOutcome] = useChoice('outcome')
  const [text, setText] = useState('')
  const [isPaused, setPaused] = useState(false)
  const [shown, setShown] = useState<Seen[]>([])
  const [missed, setMissed] = useState(0)
  const [isOpen, setOpen] = useState(false)
  const [error, setError] = useState<Error | null>(null)
  const [chosen, setChosen] = useState<string>()
  const held = useRef<Seen[]>([])

  useEffect(() => {
    const end = new AbortController()
    const query = new URLSearchParams({ perSecond: '50', ...(dataset ? { dataSet: dataset } : {}), ...(outcome ? { outcome } : {}) })
    held.current = []
    setShown([])
    setMissed(0)
    const listen = async () => {
      const answer = await signedFetch(`/api/sluice/v1/tail?${query}`, end.signal)
      if (!answer.ok) throw new Error(((await answer.json()) as { detail?: string }).detail ?? `The server answered ${answer.status}.`)
      setOpen(true)
      setError(null)
      for await (const one of eventsOf(answer)) {
        if (one.event === 'message') held.current = [JSON.parse(one.data) as Seen, ...held.current].slice(0, most)
        if (one.event === 'sample') {
          const { matched, sent } = JSON.parse(one.data) as { matched: number; sent: number }
          setMissed(matched - sent)
        }
      }
    }
    // A server that restarts ends the stream: listen again, until the page is left.
    const keepListening = async () => {
      while (!end.signal.aborted) {
        await listen().catch((reason: Error) => !end.signal.aborted && setError(reason))
        if (end.signal.aborted) return
        setOpen(false)
        await new Promise((go) => setTimeout(go, 2_000))
      }
    }
    void keepListening()
    return () => end.abort()
  }, [place, dataset, outcome])

  // Messages may come faster than anybody reads: what is shown changes a few times a second.
  useEffect(() => {
    if (isPaused) return
    const timer = setInterval(() => setShown((now) => (now[0] === held.current[0] ? now : held.current)), 300)
    return () => clearInterval(timer)
  }, [isPaused])

  const wanted = text.trim().toLowerCase()
  const rows = shown.filter((one) => wanted === '' || JSON.stringify(one).toLowerCase().includes(wanted))
  return (
    <Page
      title="Live messages"
      actions={
        <Button variant={isPaused ? 'filled' : 'default'} onClick={() => setPaused(!isPaused)} aria-pressed={isPaused}>
          {isPaused ? 'Go on' : 'Pause'}
        </Button>
      }
    >
      <Group align="end">
        <PickFromServer label="Dataset" queryKey={['pick', 'datasets', place]} find={findDatasets} value={dataset} onChange={setDataset} placeholder="any" nothing="No dataset is found" width={220} />
        <Select
          label="Outcome"
          data={[
            { value: '', label: 'Any' },
            { value: 'accepted', label: 'Accepted' },
            { value: 'rejected', label: 'Rejected' },
          ]}
          value={outcome}
          allowDeselect={false}
          onChange={(value) => setOutcome(value ?? '')}
          w={140}
        />
        <TextInput label="Text in it" value={text} onChange={(event) => setText(event.currentTarget.value)} placeholder="any" w={200} />
      </Group>
      <Fault error={error} />
      <Text size="sm" c="dimmed" role="status">
        {isPaused ? 'Paused; what comes meanwhile is shown when you go on.' : isOpen ? 'Listening.' : 'Connecting …'} The newest {most} are kept here.
        {missed > 0 ? ` ${number(missed)} more came than are shown, which are at most 50 a second.` : ''}
      </Text>
      {rows.length === 0 ? (
        <Text>{shown.length > 0 ? 'None of those that came has this text.' : 'Nothing has come since you are here. Send a message; it shows within a second.'}</Text>
      ) : (
        <ScrollArea>
          <Table striped aria-label="Messages" miw={760}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Time</Table.Th>
                <Table.Th>Outcome</Table.Th>
                <Table.Th>Message</Table.Th>
                <Table.Th>Dataset</Table.Th>
                <Table.Th>Trace</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((one) => (
                <Table.Tr key={`${one.xactionId} ${one.receivedTimeMs}`} style={{ verticalAlign: 'top' }}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{new Date(one.receivedTimeMs).toLocaleTimeString()}</Table.Td>
                  <Table.Td>
                    <Status of={one.outcome} />
                  </Table.Td>
                  <Table.Td style={{ minWidth: 280, maxWidth: 640 }}>
                    <Button size="compact-xs" variant="subtle" aria-expanded={chosen === one.xactionId} onClick={() => setChosen(chosen === one.xactionId ? undefined : one.xactionId)}>
                      {chosen === one.xactionId ? 'Close' : 'Open'}
                    </Button>{' '}
                    {chosen === one.xactionId ? <JsonView value={parsed(one)} label="Message" maxHeight={320} /> : <Code style={{ overflowWrap: 'anywhere' }}>{summaryOf(one)}</Code>}
                  </Table.Td>
                  <Table.Td>
                    {one.datasetId && (
                      <Anchor component={Link} to={`/datasets/${one.datasetId}`} size="sm">
                        {one.datasetId}
                      </Anchor>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Anchor component={Link} to={`/trace?id=${encodeURIComponent(one.xactionId)}`} size="sm">
                      {one.xactionId}
                    </Anchor>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea>
      )}
    </Page>
  )
}

const parsed = (one: Seen): unknown => {
  try {
    return { ...(one.errors ? { errors: one.errors } : {}), message: JSON.parse(one.message ?? 'null') as unknown }
  } catch {
    return one.message
  }
}

const summaryOf = (one: Seen) => {
  const text = one.message ?? 'It is too large to be shown here.'
  const entity = text.indexOf('"xdmEntity"')
  const from = entity < 0 ? 0 : entity + '"xdmEntity":'.length
  return text.slice(from, from + 120).replaceAll(/\s+/g, ' ').trim()
}
