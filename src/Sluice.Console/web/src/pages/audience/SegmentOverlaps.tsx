import { Anchor, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { audience } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { rowsOf, type SegmentRow } from './calls'
import { OverlapTable } from './OverlapMatrix'
import { ask } from './refusal'

const mostTraits = 20
const mostSegments = 10

/** What a segment shares with the traits of its rule and with the largest of the other segments. */
export function SegmentOverlaps({ segment }: { segment: SegmentRow }) {
  const place = usePlace()
  const found = useQuery({
    queryKey: ['segment-overlaps', place, segment.sid, segment.traits],
    refetchInterval: 15_000,
    queryFn: async () => {
      const largest = rowsOf(await ask(audience.GET('/v1/reports/largest-segments', { params: { query: { interval: '30D', page: 0, pageSize: mostSegments + 1 } } })))
      const others = largest.rows.map((one) => one.sid).filter((sid) => sid !== segment.sid)
      const beside = [...segment.traits.slice(0, mostTraits), ...others.slice(0, mostSegments)]
      if (beside.length === 0) return []
      return ask(audience.GET('/v1/reports/overlap', { params: { query: { sids: [segment.sid], with: beside } } }))
    },
  })
  const beside = found.data?.map((one) => one.sid2) ?? []
  return (
    <Stack>
      <Text size="sm">
        With the traits of its rule, and with the {mostSegments} largest other segments.{' '}
        <Anchor component={Link} to={`/audience/overlaps?sids=${[segment.sid, ...beside].slice(0, 12).join(',')}`}>
          Compare all of them with each other
        </Anchor>
      </Text>
      <Fault error={found.error} />
      {found.data && <OverlapTable pairs={found.data} />}
    </Stack>
  )
}
