import { Group, MultiSelect, NumberInput, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { usePlace, useSelf } from '../../../Shell'
import { listBundles } from '../bundles/calls'
import type { ProductRow } from './calls'

export type ProductValues = Pick<ProductRow, 'displayName' | 'description' | 'approvalType' | 'proxies' | 'environments' | 'apiResources'> & { quota: string; quotaInterval: string; quotaTimeUnit: NonNullable<ProductRow['quotaTimeUnit']> }

export const emptyProduct: ProductValues = { displayName: '', description: '', approvalType: 'auto', proxies: [], environments: [], apiResources: [], quota: '', quotaInterval: '1', quotaTimeUnit: 'day' }

/** What is sent: a quota is left out when there is none. */
export const bodyOf = ({ quota, quotaInterval, quotaTimeUnit, ...rest }: ProductValues) => ({ ...rest, ...(quota === '' ? {} : { quota, quotaInterval: quotaInterval || '1', quotaTimeUnit }) })

type Props = { values: ProductValues; onChange: (values: ProductValues) => void }

/** What an API product says, when it is made and later. */
export function ProductFields({ values, onChange }: Props) {
  const { org } = usePlace()
  const { environments } = useSelf()
  const names = useQuery({ queryKey: ['proxy-names', org], queryFn: async () => (await listBundles('proxy', org)).map((one) => one.name) })
  const set = <Key extends keyof ProductValues>(key: Key, value: ProductValues[Key]) => onChange({ ...values, [key]: value })
  return (
    <Stack>
      <TextInput label="Shown as" value={values.displayName} onChange={(event) => set('displayName', event.currentTarget.value)} maxLength={2048} />
      <Textarea label="Description" value={values.description} onChange={(event) => set('description', event.currentTarget.value)} autosize minRows={2} maxLength={2048} />
      <Select
        label="Keys"
        data={[
          { value: 'auto', label: 'Approved at once' },
          { value: 'manual', label: 'Wait for approval' },
        ]}
        value={values.approvalType}
        allowDeselect={false}
        onChange={(value) => set('approvalType', value === 'manual' ? 'manual' : 'auto')}
      />
      <MultiSelect label="Proxies" description="None chosen means all." data={[...new Set([...(names.data ?? []), ...values.proxies])]} value={values.proxies} onChange={(value) => set('proxies', value)} searchable />
      <MultiSelect label="Environments" description="None chosen means all." data={[...new Set([...environments, ...values.environments])]} value={values.environments} onChange={(value) => set('environments', value)} />
      <TagsInput label="Paths" description="Patterns such as /a/* for one part or /a/** for any depth; none means all. Enter adds one." value={values.apiResources} onChange={(value) => set('apiResources', value)} />
      <Group grow align="end">
        <NumberInput label="Quota" description="Calls; empty for none" min={1} value={values.quota} onChange={(value) => set('quota', String(value))} />
        <NumberInput label="in so many" min={1} value={values.quotaInterval} onChange={(value) => set('quotaInterval', String(value))} />
        <Select label="of" data={['minute', 'hour', 'day', 'week', 'month']} value={values.quotaTimeUnit} allowDeselect={false} onChange={(value) => set('quotaTimeUnit', (value ?? 'day') as ProductValues['quotaTimeUnit'])} />
      </Group>
    </Stack>
  )
}
