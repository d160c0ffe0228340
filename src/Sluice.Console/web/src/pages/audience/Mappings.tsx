import { Anchor, Button, Fieldset, Group, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { audience } from '../../api/clients'
import type { components } from '../../api/generated/audience'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { DataTable } from '../../ui/DataTable'
import { Fault } from '../../ui/Fault'
import { PickFromServer } from '../../ui/PickFromServer'
import { Status } from '../../ui/Status'
import { dayOf, findSegments, pageQuery, rowsOf } from './calls'
import { ask } from './refusal'

type Mapping = components['schemas']['Mapping']
type Destination = Pick<components['schemas']['Destination'], 'destinationId' | 'destinationType' | 'mappingAutoFiller' | 'serializationEnabled' | 'formatType' | 'name'>

/** The segments that a destination is sent, and mapping more of them. */
export function Mappings({ destination }: { destination: Destination }) {
  const place = usePlace()
  const queries = useQueryClient()
  const path = { destinationId: destination.destinationId }
  const key = ['mappings', place, destination.destinationId]
  const refresh = () => queries.invalidateQueries({ queryKey: key })
  return (
    <>
      <NewMapping destination={destination} after={refresh} />
      <DataTable<Mapping>
        label="Mapped segments"
        queryKey={key}
        page={async (wanted) => rowsOf(await ask(audience.GET('/v1/destinations/{destinationId}/mappings/', { params: { path, query: pageQuery(wanted) } })))}
        searches="Segment or value"
        sort="elementName"
        keyOf={(row) => String(row.mappingId)}
        empty={<Text mt="md">No segment is sent to it yet. Map the first one above.</Text>}
        columns={[
          {
            title: 'Segment',
            sort: 'elementName',
            cell: (row) => (
              <Anchor component={Link} to={`/audience/segments/${row.sid}`}>
                {row.elementName ?? row.sid}
              </Anchor>
            ),
          },
          { title: 'Sent as', sort: 'traitAlias', cell: (row) => row.valueAlias ?? row.traitAlias ?? row.url },
          { title: 'From', sort: 'startDate', cell: (row) => row.startDate },
          { title: 'Until', sort: 'endDate', cell: (row) => row.endDate ?? 'open' },
          { title: 'State', sort: 'elementStatus', cell: (row) => <Status of={row.elementStatus} /> },
          {
            title: 'What now',
            cell: (row) => (
              <Confirm
                action="Unmap"
                title={`Stop sending ${row.elementName ?? row.sid}?`}
                run={() => ask(audience.DELETE('/v1/destinations/{destinationId}/mappings/{mappingId}', { params: { path: { ...path, mappingId: row.mappingId } } }))}
                after={() => void refresh()}
              >
                {destination.name} hears nothing more of this segment. This cannot be undone.
              </Confirm>
            ),
          },
        ]}
      />
    </>
  )
}

function NewMapping({ destination, after }: { destination: Destination; after: () => Promise<unknown> }) {
  const place = usePlace()
  const [segment, setSegment] = useState('')
  const [start, setStart] = useState(dayOf(Date.now()))
  const [end, setEnd] = useState('')
  const [value, setValue] = useState('')
  const { destinationType, serializationEnabled, mappingAutoFiller } = destination
  const isUrl = destinationType === 'PUSH' && !serializationEnabled
  const isFilled = mappingAutoFiller !== 'NONE'
  const map = useMutation({
    mutationFn: () => {
      const sent = value.trim() === '' ? {} : isUrl ? { url: value.trim() } : destinationType === 'ADS' ? { valueAlias: value.trim() } : { traitAlias: value.trim() }
      const body = { sid: Number(segment), traitType: 'SEGMENT' as const, startDate: start, endDate: end || null, ...sent }
      return ask(audience.POST('/v1/destinations/{destinationId}/mappings/', { params: { path: { destinationId: destination.destinationId } }, body }))
    },
    onSuccess: async () => {
      setSegment('')
      setValue('')
      await after()
    },
  })
  return destination.formatType === 'key_value' ? (
    <Text size="sm">Its cookie has several keys: segments are mapped to it by the API.</Text>
  ) : (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        map.mutate()
      }}
    >
      <Fieldset legend="Map a segment" mb="md">
        <Group align="end">
          <PickFromServer label="Segment" queryKey={['pick', 'segments', place]} find={findSegments} value={segment} onChange={setSegment} placeholder="Choose one" nothing="No segment is found" isRequired width={260} />
          <TextInput type="date" label="From" value={start} onChange={(event) => setStart(event.currentTarget.value)} required />
          <TextInput type="date" label="Until" value={end} onChange={(event) => setEnd(event.currentTarget.value)} />
          <TextInput label={isUrl ? 'URL' : 'Sent as'} placeholder={isUrl ? 'https://…' : isFilled ? 'filled by itself' : undefined} value={value} onChange={(event) => setValue(event.currentTarget.value)} required={isUrl || !isFilled} w={{ base: '100%', sm: isUrl ? 320 : 180 }} />
          <Button type="submit" loading={map.isPending} disabled={segment === '' || start === '' || ((isUrl || !isFilled) && value.trim() === '')}>
            Map
          </Button>
        </Group>
        <Fault error={map.error} />
      </Fieldset>
    </form>
  )
}
