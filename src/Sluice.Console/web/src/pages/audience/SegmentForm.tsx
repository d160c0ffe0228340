import { Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Form } from '../../ui/Form'
import { PickFromServer } from '../../ui/PickFromServer'
import { findSources, type SegmentRow } from './calls'
import { CreatePage, EditPage, type Sending } from './Editing'
import { PickFolder } from './FolderFrame'
import { ask, askTagged } from './refusal'
import { RuleEditor } from './RuleEditor'
import { RulePreview, usePreview } from './RulePreview'

type Body = components['schemas']['SegmentSent']

/** Makes a segment; leads on to its page. */
export function CreateSegment() {
  return (
    <CreatePage kind="segment" make={async (body: Body) => (await ask(audience.POST('/v1/segments/', { body }))).sid}>
      {(sending) => <Fields sending={sending} />}
    </CreatePage>
  )
}

/** Changes a segment, unless somebody else did meanwhile. */
export function EditSegment() {
  return (
    <EditPage
      kind="segment"
      read={(id) => askTagged(audience.GET('/v1/segments/{sid}', { params: { path: { sid: id } } }))}
      change={(id, tag, body: Body) => ask(audience.PUT('/v1/segments/{sid}', { params: { path: { sid: id }, header: { 'If-Match': tag } }, body }))}
    >
      {(of, sending) => <Fields of={of} sending={sending} />}
    </EditPage>
  )
}

const usualMergeRule = { value: '', label: 'The usual one' }

type Props = { of?: SegmentRow; sending: Sending<Body> }

function Fields({ of, sending }: Props) {
  const place = usePlace()
  const [query] = useSearchParams()
  const [name, setName] = useState(of?.name ?? '')
  const [description, setDescription] = useState(of?.description ?? '')
  const [source, setSource] = useState(of ? String(of.dataSourceId) : (query.get('source') ?? ''))
  const [folder, setFolder] = useState(of ? String(of.folderId) : (/^\d+$/.exec(query.get('folder') ?? '')?.[0] ?? '0'))
  const [rule, setRule] = useState(of?.segmentRule ?? query.get('rule') ?? '')
  const [mergeRule, setMergeRule] = useState(of?.mergeRuleDataSourceId ? String(of.mergeRuleDataSourceId) : '')
  const [code, setCode] = useState(of?.integrationCode ?? '')
  const [isActive, setActive] = useState(of ? of.status === 'ACTIVE' : true)
  const mergeRules = useQuery({ queryKey: ['merge-rules', place], refetchInterval: false, queryFn: async () => ask(audience.GET('/v1/merge-rules/')) })
  const { preview, refusal, error: fault, isOld } = usePreview(rule, mergeRule)
  const known = Array.isArray(mergeRules.data) ? mergeRules.data : (mergeRules.data?.list ?? [])
  return (
    <Form
      {...sending}
      submit={() =>
        sending.save({
          name: name.trim(),
          description: description.trim() || null,
          segmentRule: rule.trim(),
          dataSourceId: Number(source),
          folderId: Number(folder),
          mergeRuleDataSourceId: mergeRule ? Number(mergeRule) : null,
          integrationCode: code.trim() || null,
          status: isActive ? 'ACTIVE' : 'INACTIVE',
        })
      }
      isReady={name.trim() !== '' && source !== '' && rule.trim() !== ''}
      width={820}
    >
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} data-autofocus />
      <PickFromServer label="Data source" queryKey={['pick', 'sources', place]} find={findSources} value={source} onChange={setSource} placeholder="Choose one" nothing="No data source is found" isRequired />
      <RuleEditor label="Rule" language="segment" value={rule} onChange={setRule} places={refusal?.places ?? []} fault={refusal?.message} />
      <RulePreview of={preview} isOld={isOld} error={fault} />
      <Select
        label="Merge rule"
        description="Which profiles of one person are read together."
        data={[usualMergeRule, ...known.map((one) => ({ value: String(one.mergeRuleDataSourceId), label: one.isDefault ? `${one.name} (usual)` : one.name }))]}
        value={mergeRule}
        onChange={(value) => setMergeRule(value ?? '')}
        allowDeselect={false}
      />
      <PickFolder family="segments" value={folder} onChange={setFolder} />
      <TextInput label="Integration code" value={code} onChange={(event) => setCode(event.currentTarget.value)} maxLength={255} />
      <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} maxLength={4_000} />
      <Switch label="Active" description="While it is not, nobody enters or leaves." checked={isActive} onChange={(event) => setActive(event.currentTarget.checked)} />
    </Form>
  )
}
