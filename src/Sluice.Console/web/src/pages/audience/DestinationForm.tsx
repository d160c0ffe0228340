import { MultiSelect, Select, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Form } from '../../ui/Form'
import { PickFromServer } from '../../ui/PickFromServer'
import { findSources } from './calls'
import { CreatePage, EditPage, type Sending } from './Editing'
import { ask, askTagged } from './refusal'
import { destinationTypes, exportUses } from './words'

type Body = components['schemas']['DestinationSent']
type Shape = Omit<components['schemas']['Destination'], 'batchConfiguration'>

/** Makes a destination; leads on to its page. */
export function CreateDestination() {
  return (
    <CreatePage kind="destination" make={async (body: Body) => (await ask(audience.POST('/v1/destinations/', { body }))).destinationId}>
      {(sending) => <Fields sending={sending} />}
    </CreatePage>
  )
}

/** Changes a destination, unless somebody else did meanwhile. */
export function EditDestination() {
  return (
    <EditPage
      kind="destination"
      read={(id) => askTagged(audience.GET('/v1/destinations/{destinationId}', { params: { path: { destinationId: Number(id) } } }))}
      change={(id, tag, body: Body) => ask(audience.PUT('/v1/destinations/{destinationId}', { params: { path: { destinationId: Number(id) }, header: { 'If-Match': tag } }, body }))}
    >
      {(of, sending) => <Fields of={of} sending={sending} />}
    </EditPage>
  )
}

const fillers = [
  { value: 'NONE', label: 'is written by hand' },
  { value: 'SID', label: "is the segment's id" },
  { value: 'IC', label: "is the segment's integration code" },
]

const creatable = ['S2S', 'PUSH', 'ADS'].map((value) => ({ value, label: destinationTypes[value]! }))

type Props = { of?: Shape; sending: Sending<Body> }

function Fields({ of, sending }: Props) {
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
    <Form {...sending} submit={() => sending.save(bodyOf() as Body)} isReady={isComplete} width={620}>
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
    </Form>
  )
}

const types: Record<string, string> = {
  S2S: 'Your server tells theirs, in the background.',
  PUSH: "The visitor's browser calls a URL.",
  ADS: "The visitor's browser keeps a cookie for the ad server.",
}
