import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

export type Option = { value: string; label: string }

type Props = {
  label: string
  description?: string
  queryKey: readonly unknown[]
  /** Brings what matches a text, the best first; an id finds its own. */
  find: (text: string) => Promise<Option[]>
  value: string
  onChange: (value: string) => void
  placeholder?: string
  isRequired?: boolean
  nothing?: string
  width?: number
}

/** Picks one of many things: the server looks for them while one types. */
export function PickFromServer({ label, description, queryKey, find, value, onChange, placeholder, isRequired, nothing = 'Nothing is found', width }: Props) {
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text, 250)
  const chosen = useQuery({ queryKey: [...queryKey, 'chosen', value], enabled: value !== '', refetchInterval: false, queryFn: () => find(value) })
  const found = useQuery({ queryKey: [...queryKey, 'found', asked], refetchInterval: false, placeholderData: keepPreviousData, queryFn: () => find(asked) })
  const own = chosen.data?.find((one) => one.value === value) ?? (value === '' ? undefined : { value, label: value })
  // What stands in the box after a choice is its name, which is no question.
  const others = asked === own?.label ? [] : (found.data ?? []).filter((one) => one.value !== value)
  return (
    <Select
      label={label}
      description={description}
      placeholder={placeholder}
      data={own ? [own, ...others] : others}
      value={value === '' ? null : value}
      onChange={(next) => onChange(next ?? '')}
      searchable
      clearable={!isRequired}
      clearButtonProps={{ 'aria-label': `Clear: ${label}` }}
      withAsterisk={isRequired}
      onSearchChange={setText}
      filter={({ options }) => options}
      nothingFoundMessage={found.error?.message ?? (found.isPending ? 'Looking …' : nothing)}
      w={width}
    />
  )
}
