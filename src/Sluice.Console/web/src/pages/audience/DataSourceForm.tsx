import { MultiSelect, NumberInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { Form } from '../../ui/Form'
import { CreatePage, EditPage, type Sending } from './Editing'
import { ask, askTagged } from './refusal'
import { exportRestrictions, idTypes } from './words'

type Body = components['schemas']['DataSourceSent']

const secondsOfDay = 86_400
const usualDays = 720

/** Makes a data source; leads on to its page. */
export function CreateDataSource() {
  return (
    <CreatePage kind="source" make={async (body: Body) => (await ask(audience.POST('/v1/datasources/', { body }))).dataSourceId}>
      {(sending) => <Fields sending={sending} />}
    </CreatePage>
  )
}

/** Changes a data source, unless somebody else did meanwhile. */
export function EditDataSource() {
  return (
    <EditPage
      kind="source"
      read={(id) => askTagged(audience.GET('/v1/datasources/{dataSourceId}', { params: { path: { dataSourceId: Number(id) } } }))}
      change={(id, tag, body: Body) => ask(audience.PUT('/v1/datasources/{dataSourceId}', { params: { path: { dataSourceId: Number(id) }, header: { 'If-Match': tag } }, body }))}
    >
      {(of, sending) => <Fields of={of} sending={sending} />}
    </EditPage>
  )
}

type Props = { of?: components['schemas']['DataSource']; sending: Sending<Body> }

function Fields({ of, sending }: Props) {
  const [name, setName] = useState(of?.name ?? '')
  const [description, setDescription] = useState(of?.description ?? '')
  const [code, setCode] = useState(of?.integrationCode ?? '')
  const [idType, setIdType] = useState<Body['idType']>(of?.idType ?? 'CROSS_DEVICE')
  const [restrictions, setRestrictions] = useState<string[]>(of?.dataExportRestrictions ?? [])
  const [days, setDays] = useState<number | string>(of ? Math.round(of.customerProfileDataRetention / secondsOfDay) : usualDays)
  const [isGiven, setGiven] = useState(of?.masterDataSourceIdProvider ?? false)
  const [isActive, setActive] = useState(of ? of.status === 'ACTIVE' : true)
  const isOfPeople = idType === 'CROSS_DEVICE'
  return (
    <Form
      {...sending}
      submit={() =>
        sending.save({
          name: name.trim(),
          description: description.trim() || null,
          integrationCode: code.trim() || null,
          ...(of ? {} : { idType }),
          dataExportRestrictions: restrictions as NonNullable<Body['dataExportRestrictions']>,
          customerProfileDataRetention: Number(days) * secondsOfDay,
          masterDataSourceIdProvider: isGiven,
          status: isActive ? 'ACTIVE' : 'INACTIVE',
        })
      }
      isReady={name.trim() !== '' && (!isOfPeople || code.trim() !== '')}
    >
      <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} data-autofocus />
      <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} maxLength={4_000} />
      <TextInput label="Integration code" description="What other systems call it; event calls may name it instead of the number." value={code} onChange={(event) => setCode(event.currentTarget.value)} required={isOfPeople} maxLength={255} />
      {!of && (
        <Select
          label="Ids of"
          description="Ids of people hold across their devices. This cannot change later."
          data={Object.entries(idTypes).map(([value, label]) => ({ value, label }))}
          value={idType ?? null}
          onChange={(value) => setIdType((value ?? 'CROSS_DEVICE') as Body['idType'])}
          allowDeselect={false}
        />
      )}
      <MultiSelect label="What comes from it" description="Segments with it are not mapped to destinations that do just that." data={exportRestrictions} value={restrictions} onChange={setRestrictions} clearable clearButtonProps={{ 'aria-label': 'Clear: What comes from it' }} placeholder={restrictions.length === 0 ? 'may go anywhere' : undefined} />
      <NumberInput label="Days a profile is kept" description="Counted from its last sign of life." value={days} onChange={setDays} min={1} max={3_650} allowDecimal={false} hideControls />
      <Switch label="Gives its ids to destinations" description="Servers can be told of people by these ids." checked={isGiven} onChange={(event) => setGiven(event.currentTarget.checked)} />
      <Switch label="Active" checked={isActive} onChange={(event) => setActive(event.currentTarget.checked)} />
    </Form>
  )
}
