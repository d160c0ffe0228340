import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { audience, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { PickFromServer } from '../../ui/PickFromServer'
import { kinds, type ObjectType, type Permission, type Right } from './rights'
import { type MatrixRow, RightsMatrix } from './RightsMatrix'

type Named = { id: number; name: string }

type Props = { permissions: Permission[]; onChange: (permissions: Permission[]) => void }

/** Rights on what a data source holds, and on single destinations; rows on single traits and segments are kept and shown. */
export function ObjectRights({ permissions, onChange }: Props) {
  const place = usePlace()
  const sources = useQuery({ queryKey: ['data-sources', place], refetchInterval: false, queryFn: () => listSources('') })
  const destinations = useQuery({ queryKey: ['destinations', place, 'names'], refetchInterval: false, queryFn: () => listDestinations('') })
  const add = (rows: Permission[]) => onChange([...permissions, ...rows.filter((row) => !permissions.some((one) => isSame(one, row)))])
  const titleOf = ({ objectType, objectId }: Permission) => {
    const source = sources.data?.find((one) => one.id === objectId)
    if (objectType === 'DESTINATION') return destinations.data?.find((one) => one.id === objectId)?.name ?? `Destination ${objectId}`
    const of = objectType === 'TRAIT' ? 'traits' : 'segments'
    return source ? `${source.name}: ${of}` : `One of the ${of}: ${objectId}`
  }
  const rows: MatrixRow[] = permissions.map((row) => ({
    key: `${row.objectType} ${row.objectId}`,
    title: titleOf(row),
    possible: (right: Right) => kinds.find((kind) => kind.type === row.objectType)!.wildcards[right] !== undefined,
    has: (right: Right) => row.permissions.includes(right),
    set: (right: Right, on: boolean) => onChange(permissions.map((one) => (isSame(one, row) ? { ...one, permissions: on ? [...one.permissions, right] : one.permissions.filter((other) => other !== right) } : one))),
    behind: (
      <Button size="compact-xs" variant="subtle" color="red" aria-label={`Remove ${titleOf(row)}`} onClick={() => onChange(permissions.filter((one) => !isSame(one, row)))}>
        Remove
      </Button>
    ),
  }))
  return (
    <>
      <Fault error={sources.error} />
      {rows.length === 0 ? <Text size="sm">None yet. Add a data source, and say what the group may do with its traits and segments.</Text> : <RightsMatrix label="Rights on data sources and destinations" rows={rows} />}
      <Group align="end">
        <PickFromServer
          label="Add a data source"
          queryKey={['pick', 'data-sources', place]}
          find={async (text) => (await listSources(text)).map(optionOf)}
          value=""
          onChange={(id) => id && add([rowOf('TRAIT', id), rowOf('SEGMENT', id)])}
          placeholder="Choose"
          nothing="No data source is found"
          width={260}
        />
        <PickFromServer
          label="Add a destination"
          queryKey={['pick', 'destinations', place]}
          find={async (text) => (await listDestinations(text)).map(optionOf)}
          value=""
          onChange={(id) => id && add([rowOf('DESTINATION', id)])}
          placeholder="Choose"
          nothing="No destination is found"
          width={260}
        />
      </Group>
    </>
  )
}

const isSame = (one: Permission, other: Permission) => one.objectType === other.objectType && one.objectId === other.objectId

const rowOf = (objectType: ObjectType, id: string): Permission => ({ objectType, objectId: Number(id), permissions: ['READ'] })

const optionOf = ({ id, name }: Named) => ({ value: String(id), label: name })

async function listSources(search: string): Promise<Named[]> {
  const found = await must(audience.GET('/v1/datasources/', { params: { query: { search: search || undefined } } }))
  return ('list' in found ? found.list : found).slice(0, 500).map((one) => ({ id: one.dataSourceId, name: one.name }))
}

async function listDestinations(search: string): Promise<Named[]> {
  const found = await must(audience.GET('/v1/destinations/', { params: { query: { search: search || undefined } } }))
  return ('list' in found ? found.list : found).slice(0, 500).map((one) => ({ id: one.destinationId, name: one.name }))
}
