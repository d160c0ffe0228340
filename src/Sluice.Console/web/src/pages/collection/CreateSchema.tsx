import { ActionIcon, Button, Checkbox, Fieldset, Group, MultiSelect, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { collection, must } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Fault } from '../../ui/Fault'
import { Form } from '../../ui/Form'
import { Page } from '../../ui/Page'
import { everyOf, fieldTypes, type Resource, tenant } from './registry'

type Own = { key: number; name: string; type: string; isRequired: boolean; identity: string }

const events = 'https://ns.adobe.com/xdm/context/experienceevent'

/** Makes a schema of a class, field groups and fields of its own; leads on to a dataset. */
export function CreateSchema() {
  const place = usePlace()
  const go = useNavigate()
  const queries = useQueryClient()
  const [title, setTitle] = useState('')
  const [description, setDescription] = useState('')
  const [classId, setClassId] = useState(events)
  const [groupIds, setGroupIds] = useState<string[]>([])
  const [fields, setFields] = useState<Own[]>([])
  const [primary, setPrimary] = useState('')
  const classes = useQuery({ queryKey: ['classes', place], refetchInterval: false, queryFn: () => everyOf('classes') })
  const groups = useQuery({ queryKey: ['fieldgroups', place], refetchInterval: false, queryFn: () => everyOf('fieldgroups') })
  const root = useQuery({ queryKey: ['tenant', place], refetchInterval: false, queryFn: async () => `_${await tenant()}` })
  const namespaces = useQuery({ queryKey: ['namespaces', place], refetchInterval: false, queryFn: () => must(collection.GET('/data/core/idnamespace/identities')) })

  const chosenClass = classes.data?.find((one) => one.$id === classId)
  const fitting = (groups.data ?? []).filter((one) => fits(one, classId, chosenClass))
  const own = fields.filter((one) => one.name.trim() !== '')
  const isIncomplete = own.some((one) => !/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(one.name.trim())) || new Set(own.map((one) => one.name.trim().toLowerCase())).size < own.length

  const create = useMutation({
    mutationFn: async () => {
      const made = await must(collection.POST('/data/foundation/schemaregistry/tenant/{type}', { params: { path: { type: 'schemas' } }, body: bodyOf() }))
      for (const one of own.filter((field) => field.identity !== '')) {
        await must(
          collection.POST('/data/foundation/schemaregistry/tenant/descriptors', {
            body: {
              '@type': 'xdm:descriptorIdentity',
              'xdm:sourceSchema': made.$id,
              'xdm:sourceVersion': 1,
              'xdm:sourceProperty': `/${root.data}/${one.name.trim()}`,
              'xdm:namespace': one.identity,
              'xdm:isPrimary': String(one.key) === primary,
              'xdm:property': 'xdm:code',
            },
          }),
        )
      }
      return made['meta:altId']
    },
    onSuccess: async (altId) => {
      await queries.invalidateQueries({ queryKey: ['schemas'] })
      await go(`/schemas/${encodeURIComponent(altId)}?new=yes`)
    },
  })

  function bodyOf() {
    const required = own.filter((one) => one.isRequired).map((one) => one.name.trim())
    const properties = Object.fromEntries(own.map((one) => [one.name.trim(), { title: one.name.trim(), ...fieldTypes[one.type]!.schema }]))
    return {
      type: 'object' as const,
      title: title.trim(),
      description,
      allOf: [classId, ...groupIds].map(($ref) => ({ $ref })),
      ...(own.length > 0 ? { properties: { [root.data!]: { type: 'object', properties, ...(required.length > 0 ? { required } : {}) } } } : {}),
      ...(required.length > 0 ? { required: [root.data!] } : {}),
    }
  }

  const change = (key: number, changed: Partial<Own>) => setFields(fields.map((one) => (one.key === key ? { ...one, ...changed } : one)))
  return (
    <Page title="Create schema" above={[{ title: 'Schemas', to: '/schemas' }]}>
      <Fault error={classes.error ?? groups.error ?? root.error ?? namespaces.error} />
      <Form action="Create schema" submit={() => create.mutate()} doing={create} isReady={title.trim() !== '' && !isIncomplete && !!root.data} width={880}>
        <TextInput label="Title" value={title} onChange={(event) => setTitle(event.currentTarget.value)} required maxLength={512} data-autofocus maw={560} />
        <Textarea label="Description" value={description} onChange={(event) => setDescription(event.currentTarget.value)} autosize minRows={2} maw={560} />
        <Select
          label="Class"
          description="Events happen at a time and are kept one by one; a profile's record says how somebody is now."
          data={(classes.data ?? []).map((one) => ({ value: one.$id, label: one.title ?? one.$id }))}
          value={classId}
          onChange={(value) => {
            setClassId(value ?? events)
            setGroupIds([])
          }}
          allowDeselect={false}
          maw={560}
        />
        <MultiSelect
          label="Field groups"
          description="Fields that belong together, ready made."
          data={fitting.map((one) => ({ value: one.$id, label: one.title ?? one.$id }))}
          value={groupIds}
          onChange={setGroupIds}
          searchable
          maw={560}
        />
        <Fieldset legend={`Fields of your own${root.data ? `, under ${root.data}` : ''}`}>
          <Stack gap="sm">
            {fields.length === 0 && <Text size="sm">None yet. What the class and the field groups have needs no field here.</Text>}
            {fields.map((one, at) => (
              <Group key={one.key} align="end" wrap="wrap" role="group" aria-label={`Field ${at + 1}`}>
                <TextInput label="Name" value={one.name} onChange={(event) => change(one.key, { name: event.currentTarget.value })} w={180} />
                <Select
                  label="Type"
                  data={Object.entries(fieldTypes).map(([value, { label }]) => ({ value, label }))}
                  value={one.type}
                  onChange={(type) => change(one.key, { type: type ?? 'string', ...(isText(type ?? '') ? {} : { identity: '' }) })}
                  allowDeselect={false}
                  w={150}
                />
                <Select
                  label="Identity of"
                  placeholder="none"
                  data={(namespaces.data ?? []).map((space) => ({ value: space.code, label: space.name }))}
                  value={one.identity === '' ? null : one.identity}
                  onChange={(identity) => {
                    change(one.key, { identity: identity ?? '' })
                    if (identity && primary === '') setPrimary(String(one.key))
                    if (!identity && primary === String(one.key)) setPrimary('')
                  }}
                  disabled={!isText(one.type)}
                  clearable
                  searchable
                  w={170}
                />
                <Stack gap={6} pb={4}>
                  <Checkbox label="Required" checked={one.isRequired} onChange={(event) => change(one.key, { isRequired: event.currentTarget.checked })} />
                  <Radio label="Primary" name="primary" checked={primary === String(one.key)} disabled={one.identity === ''} onChange={() => setPrimary(String(one.key))} />
                </Stack>
                <ActionIcon variant="subtle" color="red" mb={6} aria-label={`Remove field ${at + 1}`} onClick={() => setFields(fields.filter((other) => other.key !== one.key))}>
                  ×
                </ActionIcon>
              </Group>
            ))}
            <Group>
              <Button variant="default" size="xs" onClick={() => setFields([...fields, { key: (fields.at(-1)?.key ?? 0) + 1, name: '', type: 'string', isRequired: false, identity: '' }])}>
                Add a field
              </Button>
            </Group>
            {isIncomplete && (
              <Text size="sm" role="alert" c="var(--mantine-color-error)">
                A field's name consists of letters, digits, dashes and underscores, begins with a letter or digit, and stands once.
              </Text>
            )}
          </Stack>
        </Fieldset>
      </Form>
    </Page>
  )
}

const isText = (type: string) => type === 'string' || type === 'email'

// A field group may say which classes it is for; one that says nothing is for all.
function fits(group: Resource, classId: string, chosen: Resource | undefined) {
  const intended = group['meta:intendedToExtend'] ?? []
  const extended = [classId, ...(chosen?.['meta:extends'] ?? []), ...(chosen?.allOf ?? []).map((one) => one.$ref)]
  return intended.length === 0 || intended.some((one) => extended.includes(one))
}
