import { Button, Group, NumberInput, Select, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { Form } from '../../ui/Form'
import { number } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { findSources, type TraitRow } from './calls'
import { CreatePage, EditPage, type Sending } from './Editing'
import { PickFolder } from './FolderFrame'
import { ask, askTagged, Refused } from './refusal'
import { RuleEditor } from './RuleEditor'

type Body = components['schemas']['TraitSent']

/** Makes a trait; leads on to its page. */
export function CreateTrait() {
  return (
    <CreatePage kind="trait" make={async (body: Body) => (await ask(audience.POST('/v1/traits/', { body }))).sid}>
      {(sending) => <Fields sending={sending} />}
    </CreatePage>
  )
}

/** Changes a trait, unless somebody else did meanwhile. */
export function EditTrait() {
  return (
    <EditPage
      kind="trait"
      read={(id) => askTagged(audience.GET('/v1/traits/{sid}', { params: { path: { sid: id } } })) as Promise<{ data: TraitRow; tag: string | undefined }>}
      change={(id, tag, body: Body) => ask(audience.PUT('/v1/traits/{sid}', { params: { path: { sid: id }, header: { 'If-Match': tag } }, body }))}
    >
      {(of, sending) => <Fields of={of} sending={sending} />}
    </EditPage>
  )
}

type Props = { of?: TraitRow; sending: Sending<Body> }

const kinds = [
  { value: 'RULE_BASED_TRAIT', label: 'From events, by a rule' },
  { value: 'ON_BOARDED_TRAIT', label: 'From files and other systems' },
]

function Fields({ of, sending }: Props) {
  const place = usePlace()
  const [query] = useSearchParams()
  const [name, setName] = useState(of?.name ?? '')
  const [description, setDescription] = useState(of?.description ?? '')
  const [kind, setKind] = useState<string>(of?.traitType ?? 'RULE_BASED_TRAIT')
  const [source, setSource] = useState(of ? String(of.dataSourceId) : (query.get('source') ?? ''))
  const [folder, setFolder] = useState(of ? String(of.folderId) : numberIn(query.get('folder')))
  const [rule, setRule] = useState(of?.traitRule ?? '')
  const [ttl, setTtl] = useState<number | string>(of?.ttl ?? 120)
  const [code, setCode] = useState(of?.integrationCode ?? '')
  const [isActive, setActive] = useState(of ? of.status === 'ACTIVE' : true)
  const [asked] = useDebouncedValue(rule.trim(), 400)
  const checked = useQuery({
    queryKey: ['trait-rule', place, asked],
    enabled: asked !== '',
    refetchInterval: false,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: () => ask(audience.POST('/v1/traits/validate', { body: { code: asked } })),
  })
  const hasRule = kind !== 'ALGO_TRAIT'
  const refusal = asked !== '' && checked.error instanceof Refused ? checked.error : undefined
  return (
    <Form
      {...sending}
      submit={() =>
        sending.save({
          name: name.trim(),
          description: description.trim() || null,
          ...(of ? {} : { traitType: kind as NonNullable<Body['traitType']> }),
          dataSourceId: Number(source),
          folderId: Number(folder),
          ...(hasRule ? { traitRule: rule.trim() } : {}),
          ttl: Number(ttl),
          integrationCode: code.trim() || null,
          status: isActive ? 'ACTIVE' : 'INACTIVE',
        } as Body)
      }
      isReady={name.trim() !== '' && source !== '' && (kind !== 'RULE_BASED_TRAIT' || rule.trim() !== '')}
      width={720}
    >
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} data-autofocus />
      <PickFromServer label="Data source" queryKey={['pick', 'sources', place]} find={findSources} value={source} onChange={setSource} placeholder="Choose one" nothing="No data source is found" isRequired />
      {!of && <Select label="Where it comes from" data={kinds} value={kind} onChange={(value) => setKind(value ?? kind)} allowDeselect={false} />}
      {hasRule && <RuleEditor label="Rule" language="trait" value={rule} onChange={setRule} places={refusal?.places ?? []} fault={refusal?.message} />}
      {hasRule && (checked.data?.warnings ?? []).map((one) => (
        <Text key={one} size="sm">
          {one}
        </Text>
      ))}
      {hasRule && <History rule={rule.trim()} isValid={asked !== '' && checked.data !== undefined && !refusal} />}
      <PickFolder family="traits" value={folder} onChange={setFolder} />
      <NumberInput label="Days it is kept" description="After the last event that brought it; 0 keeps it for good." value={ttl} onChange={setTtl} min={0} max={36_500} allowDecimal={false} hideControls />
      <TextInput label="Integration code" value={code} onChange={(event) => setCode(event.currentTarget.value)} maxLength={255} />
      <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} maxLength={4_000} />
      <Switch label="Active" checked={isActive} onChange={(event) => setActive(event.currentTarget.checked)} />
    </Form>
  )
}

/** Whom the rule would have found in the events that are kept. */
function History({ rule, isValid }: { rule: string; isValid: boolean }) {
  const [tried, setTried] = useState('')
  const found = useMutation({ mutationFn: (traitRule: string) => ask(audience.POST('/v1/traits/preview', { body: { traitRule, samples: 0 } })) })
  const preview = tried === rule ? found.data : undefined
  return (
    <Group gap="sm" role="status">
      <Button
        variant="light"
        size="xs"
        disabled={!isValid}
        loading={found.isPending}
        onClick={() => {
          setTried(rule)
          found.mutate(rule)
        }}
      >
        Try it on past events
      </Button>
      {preview && (
        <Text size="sm">
          {preview.exact ? '' : 'At least '}
          <b>{number(preview.count)}</b> in {number(preview.events)} {preview.events === 1 ? 'event' : 'events'}: {number(preview.deviceCount)} {preview.deviceCount === 1 ? 'device' : 'devices'}, {number(preview.crossDeviceCount)} across devices. Took {number(Math.round(preview.tookMs))} ms.
        </Text>
      )}
      {tried === rule && <Fault error={found.error} />}
    </Group>
  )
}

const numberIn = (text: string | null) => (text !== null && /^\d+$/.test(text) ? text : '0')
