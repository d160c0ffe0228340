import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { audience } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { Page } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { useChoice } from '../../ui/tableState'
import { findSubjects } from './calls'
import { type Overlap, OverlapMatrix, OverlapTable } from './OverlapMatrix'
import { ask } from './refusal'

const most = 20
const windows = ['now', '7D', '30D'] as const

/** How far traits and segments overlap, as a matrix or as a list. */
export function Overlaps() {
  const place = usePlace()
  const [query, setQuery] = useSearchParams()
  const [shape, setShape] = useChoice('as', 'matrix')
  const [lookBack, setLookBack] = useChoice('window', 'now')
  const [added, setAdded] = useState('')
  const sids = [...new Set((query.get('sids') ?? '').split(',').map(Number).filter((sid) => Number.isSafeInteger(sid) && sid > 0))].slice(0, most)
  const setSids = (next: number[]) =>
    setQuery((now) => {
      const changed = new URLSearchParams(now)
      if (next.length === 0) changed.delete('sids')
      else changed.set('sids', next.join(','))
      return changed
    })
  const found = useQuery({
    queryKey: ['overlap', place, sids, lookBack],
    enabled: sids.length > 1,
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
    queryFn: () => ask(audience.GET('/v1/reports/overlap', { params: { query: { sids, lookBack: windows.find((one) => one === lookBack) } } })),
  })
  const pairs = sids.length > 1 ? found.data : undefined
  return (
    <Page title="Overlaps">
      <Group align="end">
        <PickFromServer
          key={sids.join(',')}
          label="Add a trait or segment"
          queryKey={['pick', 'subjects', place]}
          find={findSubjects}
          value={added}
          onChange={(value) => {
            setAdded('')
            if (value !== '') setSids([...sids, Number(value)])
          }}
          placeholder="Look for its name"
          width={280}
        />
        <Select label="Counted" data={[{ value: 'now', label: 'who is in it now' }, { value: '7D', label: 'within 7 days' }, { value: '30D', label: 'within 30 days' }]} value={lookBack} onChange={(value) => setLookBack(value ?? 'now')} allowDeselect={false} w={180} />
        <SegmentedControl aria-label="Shown as" data={[{ value: 'matrix', label: 'Matrix' }, { value: 'table', label: 'Table' }]} value={shape} onChange={setShape} />
      </Group>
      <Chosen sids={sids} pairs={pairs} remove={(sid) => setSids(sids.filter((one) => one !== sid))} />
      <Fault error={found.error} />
      {sids.length < 2 ? <Text>Add two or more traits or segments, and what they share stands here. At most {most} are compared at once.</Text> : pairs && (shape === 'table' ? <OverlapTable pairs={pairs} /> : <OverlapMatrix pairs={pairs} />)}
    </Page>
  )
}

function Chosen({ sids, pairs, remove }: { sids: number[]; pairs: Overlap[] | undefined; remove: (sid: number) => void }) {
  const names = new Map((pairs ?? []).flatMap((one) => [[one.sid1, one.name1] as const, [one.sid2, one.name2] as const]))
  return sids.length === 0 ? null : (
    <Stack gap={4}>
      <Group gap="xs">
        {sids.map((sid) => (
          <Button key={sid} size="compact-sm" variant="default" onClick={() => remove(sid)} aria-label={`Leave out ${names.get(sid) ?? sid}`} rightSection="×">
            {names.get(sid) ?? sid}
          </Button>
        ))}
      </Group>
    </Stack>
  )
}
