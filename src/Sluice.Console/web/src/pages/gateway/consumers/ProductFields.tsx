import { Button, Fieldset, Group, MultiSelect, NumberInput, Select, Stack, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { usePlace, useSelf } from '../../../Shell'
import { listBundles } from '../bundles/calls'
import type { ProductRow } from './calls'

type Shown = 'displayName' | 'description' | 'approvalType' | 'proxies' | 'environments' | 'apiResources' | 'scopes' | 'attributes'
type Quota = Required<Pick<ProductRow, 'quota' | 'quotaInterval' | 'quotaTimeUnit'>>

/** What is said of a product here; its quota is one thing, as none of its parts means anything alone. */
export type ProductValues = Pick<ProductRow, Shown> & { quota: Quota }

export const emptyProduct: ProductValues = { displayName: '', description: '', approvalType: 'auto', proxies: [], environments: [], apiResources: [], scopes: [], attributes: [], quota: { quota: '', quotaInterval: '1', quotaTimeUnit: 'day' } }

export const valuesOf = ({ quota = '', quotaInterval = '1', quotaTimeUnit = 'day', ...rest }: ProductRow): ProductValues => ({ ...rest, quota: { quota, quotaInterval, quotaTimeUnit } })

/** What is sent of what somebody changed. */
export const bodyOf = ({ quota, ...rest }: Partial<ProductValues>) => ({ ...rest, ...quota })

type Props = { values: ProductValues; change: (more: Partial<ProductValues>) => void }

/** What an API product says, when it is made and later. */
export function ProductFields({ values, change }: Props) {
  const { org } = usePlace()
  const { environments } = useSelf()
  const { quota } = values
  const names = useQuery({ queryKey: ['proxy-names', org], queryFn: async () => (await listBundles('proxy', org)).map((one) => one.name) })
  return (
    <Stack>
      <TextInput label="Shown as" value={values.displayName} onChange={(event) => change({ displayName: event.currentTarget.value })} maxLength={2048} />
      <Textarea label="Description" value={values.description} onChange={(event) => change({ description: event.currentTarget.value })} autosize minRows={2} maxLength={2048} />
      <Select
        label="Keys"
        data={[
          { value: 'auto', label: 'Approved at once' },
          { value: 'manual', label: 'Wait for approval' },
        ]}
        value={values.approvalType}
        allowDeselect={false}
        onChange={(value) => change({ approvalType: value === 'manual' ? 'manual' : 'auto' })}
      />
      <MultiSelect label="Proxies" description="None chosen means all." data={[...new Set([...(names.data ?? []), ...values.proxies])]} value={values.proxies} onChange={(value) => change({ proxies: value })} searchable />
      <MultiSelect label="Environments" description="None chosen means all." data={[...new Set([...environments, ...values.environments])]} value={values.environments} onChange={(value) => change({ environments: value })} />
      <TagsInput label="Paths" description="Patterns such as /a/* for one part or /a/** for any depth; none means all. Enter adds one." value={values.apiResources} onChange={(value) => change({ apiResources: value })} />
      <Group grow align="end">
        <NumberInput label="Quota" description="Calls; empty for none" min={1} value={quota.quota} onChange={(value) => change({ quota: { ...quota, quota: String(value) } })} />
        <NumberInput label="in so many" min={1} value={quota.quotaInterval} onChange={(value) => change({ quota: { ...quota, quotaInterval: String(value) } })} />
        <Select label="of" data={['second', 'minute', 'hour', 'day', 'week', 'month']} value={quota.quotaTimeUnit} allowDeselect={false} onChange={(value) => change({ quota: { ...quota, quotaTimeUnit: (value ?? 'day') as Quota['quotaTimeUnit'] } })} />
      </Group>
      <TagsInput label="OAuth scopes" description="What tokens for it may be asked for. Enter adds one." value={values.scopes} onChange={(scopes) => change({ scopes })} />
      <Attributes of={values.attributes} onChange={(attributes) => change({ attributes })} />
    </Stack>
  )
}

type AttributesProps = { of: ProductValues['attributes']; onChange: (attributes: ProductValues['attributes']) => void }

// Policies read them by their names.
function Attributes({ of, onChange }: AttributesProps) {
  const put = (at: number, more: Partial<ProductValues['attributes'][number]>) => onChange(of.map((one, index) => (index === at ? { ...one, ...more } : one)))
  return (
    <Fieldset legend="Attributes">
      <Stack gap="sm">
        {of.length === 0 && <Text size="sm">None. An attribute is a name and a value that proxies can read.</Text>}
        {of.map((one, at) => (
          <Group key={at} align="end" role="group" aria-label={`Attribute ${at + 1}`}>
            <TextInput label="Attribute" value={one.name} onChange={(event) => put(at, { name: event.currentTarget.value })} required maxLength={2048} flex={1} miw={140} />
            <TextInput label="Value" value={one.value} onChange={(event) => put(at, { value: event.currentTarget.value })} maxLength={2048} flex={1} miw={140} />
            <Button variant="default" aria-label={`Remove attribute ${one.name}`} onClick={() => onChange(of.filter((_, index) => index !== at))}>
              Remove
            </Button>
          </Group>
        ))}
        <Group>
          <Button variant="light" size="xs" onClick={() => onChange([...of, { name: '', value: '' }])}>
            Add an attribute
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  )
}
