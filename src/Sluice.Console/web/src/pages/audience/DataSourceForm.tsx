import { Button, Group, MultiSelect, NumberInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { Page } from '../../ui/Page'
import { ask, askTagged } from './refusal'
import { exportRestrictions, idTypes } from './words'

type Body = components['schemas']['DataSourceSent']

const secondsOfDay = 86_400
const usualDays = 720

/** Makes a data source; leads on to its page. */
export function CreateDataSource() {
  const go = useNavigate()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: (body: Body) => ask(audience.POST('/v1/datasources/', { body })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['sources'] })
      await go(`/audience/sources/${made.dataSourceId}`)
    },
  })
  return (
    <Page title="Create data source" above={[{ title: 'Data sources', to: '/audience/sources' }]}>
      <Fields action="Create data source" isPending={create.isPending} error={create.error} save={create.mutate} />
    </Page>
  )
}

/** Changes a data source, unless somebody else did meanwhile. */
export function EditDataSource() {
  const id = Number(useParams().id)
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const path = { dataSourceId: id }
  const found = useQuery({
    queryKey: ['source-form', place, id],
    refetchInterval: false,
    refetchOnWindowFocus: false,
    gcTime: 0,
    queryFn: () => askTagged(audience.GET('/v1/datasources/{dataSourceId}', { params: { path } })),
  })
  const change = useMutation({
    mutationFn: (body: Body) => ask(audience.PUT('/v1/datasources/{dataSourceId}', { params: { path, header: { 'If-Match': found.data?.tag } }, body })),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ['sources'] }), queries.invalidateQueries({ queryKey: ['source', place, id] })])
      await go(`/audience/sources/${id}`)
    },
  })
  const source = found.data?.data
  return (
    <Page title={source ? `Edit ${source.name}` : 'Edit data source'} above={[{ title: 'Data sources', to: '/audience/sources' }, { title: source?.name ?? '…', to: `/audience/sources/${id}` }]}>
      <Fault error={found.error} />
      {source && <Fields of={source} action="Save" isPending={change.isPending} error={change.error} save={change.mutate} />}
    </Page>
  )
}

type Props = { of?: components['schemas']['DataSource']; action: string; isPending: boolean; error: Error | null; save: (body: Body) => void }

function Fields({ of, action, isPending, error, save }: Props) {
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
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save({
          name: name.trim(),
          description: description.trim() || null,
          integrationCode: code.trim() || null,
          ...(of ? {} : { idType }),
          dataExportRestrictions: restrictions as NonNullable<Body['dataExportRestrictions']>,
          customerProfileDataRetention: Number(days) * secondsOfDay,
          masterDataSourceIdProvider: isGiven,
          status: isActive ? 'ACTIVE' : 'INACTIVE',
        })
      }}
    >
      <Stack maw={560}>
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
        <Fault error={error} />
        <Group>
          <Button type="submit" loading={isPending} disabled={name.trim() === '' || (isOfPeople && code.trim() === '')}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
