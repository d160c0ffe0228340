import { MultiSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSelf } from '../../Shell'
import { groupKey, listGroups } from './calls'

export type Places = { groups: number[]; environments: string[] }

type Props = { value: Places; onChange: (value: Partial<Places>) => void }

/** To which groups somebody belongs, and in which environments they may work. */
export function Belonging({ value, onChange }: Props) {
  const { environments } = useSelf()
  const groups = useQuery({ queryKey: groupKey, queryFn: listGroups })
  const ids = value.groups.map(String)
  const known = (groups.data ?? []).map((group) => ({ value: String(group.groupId), label: group.name }))
  return (
    <>
      <MultiSelect
        label="Groups"
        description="What they may do comes from here."
        placeholder={ids.length === 0 ? 'none' : undefined}
        data={[...known, ...ids.filter((id) => !known.some((one) => one.value === id)).map((id) => ({ value: id, label: `Group ${id}` }))]}
        value={ids}
        onChange={(chosen) => onChange({ groups: chosen.map(Number) })}
        searchable
        clearButtonProps={{ 'aria-label': 'No groups' }}
      />
      <MultiSelect
        label="Environments"
        description="Where they may work; none chosen means everywhere."
        placeholder={value.environments.length === 0 ? 'everywhere' : undefined}
        data={[...new Set([...environments, ...value.environments])]}
        value={value.environments}
        onChange={(chosen) => onChange({ environments: chosen })}
      />
    </>
  )
}
