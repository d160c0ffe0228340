import { Alert, Badge, Card, Code, Group, Mark, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { number, when } from '../../ui/Page'
import { ask } from './refusal'
import { Term } from './RulePreview'

type Explained = components['schemas']['SegmentExplanation']

/** Why an id is in a segment or is not: the rule, and each of its terms with what the profile has for it. */
export function Explanation({ sid, namespace, id }: { sid: number; namespace: string; id: string }) {
  const place = usePlace()
  const found = useQuery({
    queryKey: ['explain', place, sid, namespace, id],
    refetchInterval: 3_000,
    retry: false,
    queryFn: () => ask(audience.GET('/v1/segments/{sid}/explain', { params: { path: { sid }, query: { id, namespace } } })),
  })
  const told = found.data
  return (
    <Stack gap="sm" role="region" aria-label="Explanation">
      <Fault error={found.error} />
      {told && (
        <>
          <Alert color={told.isMember ? 'teal' : 'gray'} role="status" title={told.isMember ? 'It is in the segment.' : 'It is not in the segment.'}>
            {sentenceOf(told)}
          </Alert>
          <Rule of={told} />
          {told.readTogether.length > 1 && (
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              Read together by the merge rule: {told.readTogether.map((one) => `${one.namespace}/${one.id}`).join(', ')}
            </Text>
          )}
          {told.terms.map((one) => (
            <TermCard key={one.start} of={one} />
          ))}
        </>
      )}
    </Stack>
  )
}

function sentenceOf(told: Explained): string {
  if (told.isOptedOut) return 'It has opted out: nothing is evaluated for it.'
  if (told.throughDevice) return `Through the device ${told.throughDevice.id}, which it was seen on.`
  if (told.isTrue === told.isMember) return told.isTrue ? 'Its rule holds for what is known.' : 'Its rule does not hold for what is known.'
  return told.isTrue ? 'Its rule holds; the segment is paused, or about to take it in.' : 'Its rule does not hold any more; it is about to leave, or the segment is paused.'
}

/** The rule with each term marked by whether it holds. */
function Rule({ of }: { of: Explained }) {
  const parts: { text: string; isTrue?: boolean }[] = []
  let at = 0
  for (const term of of.terms.toSorted((one, other) => one.start - other.start)) {
    if (term.start < at) continue
    parts.push({ text: of.segmentRule.slice(at, term.start) }, { text: of.segmentRule.slice(term.start, term.start + term.length), isTrue: term.isTrue })
    at = term.start + term.length
  }
  parts.push({ text: of.segmentRule.slice(at) })
  return (
    <Code block aria-label="Rule" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {parts.map((one, index) =>
        one.isTrue === undefined ? (
          <span key={index}>{one.text}</span>
        ) : (
          <Mark key={index} color={one.isTrue ? 'teal' : 'gray'} px={4} td={one.isTrue ? undefined : 'line-through'}>
            {one.text}
          </Mark>
        ),
      )}
    </Code>
  )
}

const dayMs = 24 * 60 * 60 * 1_000

function TermCard({ of }: { of: Explained['terms'][number] }) {
  return (
    <Card withBorder padding="sm" component="section" aria-label={of.text}>
      <Group gap="sm" mb={4}>
        <Badge color={of.isTrue ? 'teal' : 'gray'} styles={{ root: { overflow: 'visible' }, label: { overflow: 'visible' } }}>
          {of.isTrue ? 'holds' : 'does not hold'}
        </Badge>
        <div>
          <Term text={of.text} />
        </div>
      </Group>
      {of.count !== undefined && <Text size="sm">Counted: {number(of.count)}</Text>}
      {of.held.length === 0 && <Text size="sm">Nothing is known that it asks for.</Text>}
      {of.held.map((one) => (
        <Text size="sm" key={`${one.sid} ${one.profile.namespace} ${one.profile.id}`} style={{ overflowWrap: 'anywhere' }}>
          <Code>{one.sid}T</Code> {number(one.count)} {one.count === 1 ? 'time' : 'times'}, last {daysAgo(one.lastRealization)} ({when(one.lastRealization)})
          {one.count > 1 && `, first ${when(one.firstRealization)}`}, {one.expires === null ? 'kept for good' : `kept until ${when(one.expires)}`} · on {one.profile.namespace}/{one.profile.id}
        </Text>
      ))}
    </Card>
  )
}

function daysAgo(ms: number): string {
  const days = Math.floor((Date.now() - ms) / dayMs)
  return days <= 0 ? 'today' : days === 1 ? 'a day ago' : `${number(days)} days ago`
}
