import { Button, Group, MultiSelect, Select, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { Page } from '../../ui/Page'
import { PickFromServer } from '../../ui/PickFromServer'
import { findSources } from './calls'
import { ask, askTagged } from './refusal'
import { destinationTypes, exportUses } from './words'

type Body = components['schemas']['DestinationSent']
type Shape = Omit<components['schemas']['Destination'], 'batchConfiguration'>

/** Makes a destination; leads on to its page. */
export function CreateDestination() {
  const go = useNavigate()
  const queries = useQueryClient()
  const create = useMutation({
    mutationFn: (body: Body) => ask(audience.POST('/v1/destinations/', { body })),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['destinations'] })
      await go(`/audience/destinations/${made.destinationId}`)
    },
  })
  return (
    <Page title="Create destination" above={[{ title: 'Destinations', to: '/audience/destinations' }]}>
      <Fields action="Create destination" isPending={create.isPending} error={create.error} save={create.mutate} />
    </Page>
  )
}

/** Changes a destination, unless somebody else did meanwhile. */
export function EditDestination() {
  const id = Number(useParams().id)
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const path = { destinationId: id }
  const found = useQuery({
    queryKey: ['destination-form', place, id],
    refetchInterval: false,
    refetchOnWindowFocus: false,
    gcTime: 0,
    queryFn: () => askTagged(audience.GET('/v1/destinations/{destinationId}', { params: { path } })),
  })
  const change = useMutation({
    mutationFn: (body: Body) => ask(audience.PUT('/v1/destinations/{destinationId}', { params: { path, header: { 'If-Match': found.data?.tag } }, body })),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ['destinations'] }), queries.invalidateQueries({ queryKey: ['destination', place, id] })])
      await go(`/audience/destinations/${id}`)
    },
  })
  const destination = found.data?.data
  return (
    <Page title={destination ? `Edit ${destination.name}` : 'Edit destination'} above={[{ title: 'Destinations', to: '/audience/destinations' }, { title: destination?.name ?? '…', to: `/audience/destinations/${id}` }]}>
      <Fault error={found.error} />
      {destination && <Fields of={destination} action="Save" isPending={change.isPending} error={change.error} save={change.mutate} />}
    </Page>
  )
}

const fillers = [
  { value: 'NONE', label: 'is written by hand' },
  { value: 'SID', label: "is the segment's id" },
  { value: 'IC', label: "is the segment's integration code" },
]

const creatable = ['S2S', 'PUSH', 'ADS'].map((value) => ({ value, label: destinationTypes[value]! }))

type Props = { of?: Shape; action: string; isPending: boolean; error: Error | null; save: (body: Body) => void }

function Fields({ of, action, isPending, error, save }: Props) {
  const place = usePlace()
  const [name, setName] = useState(of?.name ?? '')
  const [description, setDescription] = useState(of?.description ?? '')
  const [type, setType] = useState<string>(of?.destinationType ?? 'S2S')
  const [isActive, setActive] = useState(of ? of.status === 'ACTIVE' : true)
  const [source, setSource] = useState(of?.dataSourceId ? String(of.dataSourceId) : '')
  const [url, setUrl] = useState(of?.serverUrl ?? '')
  const [key, setKey] = useState(of?.signatureKey ?? '')
  const [isSerial, setSerial] = useState(of?.serializationEnabled ?? false)
  const [plainUrl, setPlainUrl] = useState(of?.urlFormatString ?? '')
  const [secureUrl, setSecureUrl] = useState(of?.secureUrlFormatString ?? '')
  const [delimiter, setDelimiter] = useState(of?.delimiter ?? ',')
  const [cookie, setCookie] = useState(of?.cookieName ?? '')
  const [singleKey, setSingleKey] = useState(of?.singleKey ?? '')
  const [filler, setFiller] = useState<string>(of?.mappingAutoFiller ?? 'SID')
  const [labels, setLabels] = useState<string[]>(of?.dataExportLabels ?? [])
  const isComplete = name.trim() !== '' && (type === 'S2S' ? url.trim() !== '' && source !== '' : type === 'ADS' ? cookie.trim() !== '' && singleKey.trim() !== '' : !isSerial || (plainUrl.trim() !== '' && secureUrl.trim() !== ''))

  function bodyOf() {
    const common = { name: name.trim(), description: description.trim() || null, status: isActive ? 'ACTIVE' : 'INACTIVE', mappingAutoFiller: filler, dataExportLabels: labels, ...(of ? {} : { destinationType: type }) }
    if (type === 'S2S') return { ...common, serverUrl: url.trim(), dataSourceId: Number(source), signatureKey: key || null }
    if (type === 'ADS') return of ? common : { ...common, cookieName: cookie.trim(), formatType: 'single_key', singleKey: singleKey.trim(), serializationEnabled: false }
    return { ...common, serializationEnabled: isSerial, ...(isSerial ? { urlFormatString: plainUrl.trim(), secureUrlFormatString: secureUrl.trim(), delimiter } : {}) }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save(bodyOf() as Body)
      }}
    >
      <Stack maw={620}>
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} data-autofocus />
        {!of && <Select label="Type" description={types[type]} data={creatable} value={type} onChange={(value) => setType(value ?? type)} allowDeselect={false} />}
        {type === 'S2S' && (
          <>
            <TextInput label="Server URL" description="Who enters or leaves a mapped segment is posted there within moments." value={url} onChange={(event) => setUrl(event.currentTarget.value)} required placeholder="https://partner.example/segments" />
            <PickFromServer label="Data source" description="Whose ids it is told: one that gives its ids to destinations." queryKey={['pick', 'sources', place]} find={findSources} value={source} onChange={setSource} placeholder="Choose one" nothing="No data source is found" isRequired />
            <TextInput label="Signature key" description="If there is one, what is sent is signed with it." value={key} onChange={(event) => setKey(event.currentTarget.value)} autoComplete="off" maxLength={1_024} />
          </>
        )}
        {type === 'PUSH' && (
          <>
            <Switch label="One call for all segments" description="Their values go into one URL instead of a URL each." checked={isSerial} onChange={(event) => setSerial(event.currentTarget.checked)} />
            {isSerial && (
              <>
                <TextInput label="URL" description="With %ALIAS% where the values go." value={plainUrl} onChange={(event) => setPlainUrl(event.currentTarget.value)} required placeholder="http://partner.example/p?s=%ALIAS%" />
                <TextInput label="Secure URL" value={secureUrl} onChange={(event) => setSecureUrl(event.currentTarget.value)} required placeholder="https://partner.example/p?s=%ALIAS%" />
                <TextInput label="Delimiter" value={delimiter} onChange={(event) => setDelimiter(event.currentTarget.value)} required maxLength={10} w={120} />
              </>
            )}
          </>
        )}
        {type === 'ADS' && !of && (
          <>
            <TextInput label="Cookie name" value={cookie} onChange={(event) => setCookie(event.currentTarget.value)} required />
            <TextInput label="Key" description="What stands before the values in the cookie." value={singleKey} onChange={(event) => setSingleKey(event.currentTarget.value)} required />
            <Text size="sm">Cookies with several keys are made by the API.</Text>
          </>
        )}
        <Select label="What is sent for a segment" data={fillers} value={filler} onChange={(value) => setFiller(value ?? 'SID')} allowDeselect={false} />
        <MultiSelect label="What it does with the data" description="Segments whose data may not be used so cannot be mapped." data={exportUses} value={labels} onChange={setLabels} clearable clearButtonProps={{ 'aria-label': 'Clear: What it does with the data' }} />
        <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} maxLength={4_000} />
        <Switch label="Active" checked={isActive} onChange={(event) => setActive(event.currentTarget.checked)} />
        <Fault error={error} />
        <Group>
          <Button type="submit" loading={isPending} disabled={!isComplete}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const types: Record<string, string> = {
  S2S: 'Your server tells theirs, in the background.',
  PUSH: "The visitor's browser calls a URL.",
  ADS: "The visitor's browser keeps a cookie for the ad server.",
}
