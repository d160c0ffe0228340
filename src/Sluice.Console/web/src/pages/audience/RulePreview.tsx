import { Anchor, Card, Code, Group, Stack, Table, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { number } from '../../ui/Page'
import { profilePath, sidsOf, traitNames } from './calls'
import { ask, Refused } from './refusal'

export type Preview = components['schemas']['SegmentPreview']

/** Counts whom a segment rule holds for now, when the typing pauses; says what is wrong with it otherwise. */
export function usePreview(rule: string, mergeRule: string) {
  const place = usePlace()
  const [asked] = useDebouncedValue(rule.trim(), 300)
  const found = useQuery({
    queryKey: ['preview', place, asked, mergeRule],
    enabled: asked !== '',
    retry: false,
    placeholderData: keepPreviousData,
    // While a rule is wrong nothing changes that; while it is right its count may.
    refetchInterval: (query) => (query.state.error ? false : 5_000),
    queryFn: () => ask(audience.POST('/v1/segments/preview', { body: { segmentRule: asked, samples: 5, ...(mergeRule ? { mergeRuleDataSourceId: Number(mergeRule) } : {}) } })),
  })
  const isAsked = asked !== ''
  const refusal = isAsked && found.error instanceof Refused ? found.error : undefined
  return { preview: isAsked && !found.error ? found.data : undefined, refusal, error: isAsked && !refusal ? found.error : null, isOld: found.isLoading || found.isPlaceholderData || asked !== rule.trim() }
}

/** How many a rule holds for at this moment, by kind and by term, and some of them. */
export function RulePreview({ of, isOld, error }: { of: Preview | undefined; isOld: boolean; error?: Error | null }) {
  return (
    <Card withBorder component="section" aria-label="Preview">
      <Fault error={error} />
      {of === undefined ? (
        <Text size="sm">{error ? '' : isOld ? 'Counting…' : 'Write a rule, and whom it holds for stands here.'}</Text>
      ) : (
        <Stack gap="sm">
          <Group gap="xl" align="baseline" style={{ rowGap: 4 }} role="status" aria-busy={isOld}>
            <Text component="div">
              <Text span fz={30} fw={700}>
                {number(of.count)}
              </Text>{' '}
              {of.count === 1 ? 'profile' : 'profiles'} now
            </Text>
            <Text size="sm">
              {number(of.deviceCount)} {of.deviceCount === 1 ? 'device' : 'devices'}, {number(of.crossDeviceCount)} across devices
            </Text>
            <Text size="sm" c="dimmed">
              {of.exact ? 'Exact' : 'Counted in part'}, took {of.tookMs < 10 ? of.tookMs.toFixed(1) : number(Math.round(of.tookMs))} ms
            </Text>
          </Group>
          {of.terms.length > 0 && <Terms of={of} />}
          {of.samples.length > 0 && (
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              Such as{' '}
              {of.samples.map((one, at) => (
                <span key={`${one.namespace}/${one.id}`}>
                  {at > 0 && ', '}
                  <Anchor component={Link} to={profilePath(one)}>
                    {one.id}
                  </Anchor>
                </span>
              ))}
            </Text>
          )}
        </Stack>
      )}
    </Card>
  )
}

const mostTerms = 50

function Terms({ of }: { of: Preview }) {
  const most = Math.max(1, ...of.terms.map((one) => one.count ?? 0))
  return (
    <Table aria-label="Terms of the rule">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Term</Table.Th>
          <Table.Th ta="right">Profiles</Table.Th>
          <Table.Th aria-hidden w={120} visibleFrom="sm" />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {of.terms.slice(0, mostTerms).map((one) => (
          <Table.Tr key={one.start}>
            <Table.Td>
              <Term text={one.text} />
            </Table.Td>
            <Table.Td ta="right">{one.count === null ? 'not counted' : number(one.count)}</Table.Td>
            <Table.Td aria-hidden visibleFrom="sm">
              <div style={{ height: 8, width: `${(100 * (one.count ?? 0)) / most}%`, background: 'var(--mantine-primary-color-filled)', borderRadius: 4 }} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** A term of a segment rule, with the names of its traits. */
export function Term({ text }: { text: string }) {
  const place = usePlace()
  const sids = sidsOf(text)
  const names = useQuery({ queryKey: ['names', place, sids.join(',')], staleTime: 60_000, refetchInterval: false, queryFn: () => traitNames(sids) })
  return (
    <>
      <Code>{text}</Code>{' '}
      {sids.map((sid, at) => (
        <span key={sid}>
          {at > 0 && ', '}
          <Anchor component={Link} to={`/audience/traits/${sid}`} size="sm">
            {names.data?.get(sid) ?? `trait ${sid}`}
          </Anchor>
        </span>
      ))}
    </>
  )
}
