import { Badge, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { Descriptor, Field } from './registry'

const maxDepth = 20

/** The fields of a schema as a tree: types, what is required, what is allowed, and what says who somebody is. */
export function SchemaTree({ schema, identities }: { schema: Field; identities: Descriptor[] }) {
  return (
    <ul role="tree" aria-label="Fields" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
      <Members field={schema} path="" identities={identities} depth={0} />
    </ul>
  )
}

type Below = { field: Field; path: string; identities: Descriptor[]; depth: number }

function Members({ field, path, identities, depth }: Below) {
  const members = Object.entries(field.properties ?? {}).toSorted(([one], [other]) => one.localeCompare(other))
  return members.map(([name, member]) => (
    <Node key={name} name={name} field={member} path={`${path}/${name}`} isRequired={field.required?.includes(name) ?? false} identities={identities} depth={depth} />
  ))
}

function Node({ name, field, path, isRequired, identities, depth }: Below & { name: string; isRequired: boolean }) {
  const inner = innermost(field)
  const hasMembers = Object.keys(inner.properties ?? {}).length > 0 && depth < maxDepth
  const holdsIdentity = identities.some((one) => one['xdm:sourceProperty']?.startsWith(`${path}/`))
  const holdsRequired = isRequired && depth < 2
  const [isOpen, setOpen] = useState(depth === 0 ? holdsIdentity || holdsRequired || Object.keys(inner.properties ?? {}).length < 8 : holdsIdentity)
  const identity = identities.find((one) => one['xdm:sourceProperty'] === path)
  return (
    <li role="treeitem" aria-expanded={hasMembers ? isOpen : undefined} aria-label={name}>
      <Group gap="xs" py={2} wrap="wrap">
        {hasMembers ? (
          <Button size="compact-xs" variant="subtle" w={24} px={0} onClick={() => setOpen(!isOpen)} aria-label={`${isOpen ? 'Close' : 'Open'} ${name}`}>
            {isOpen ? '▾' : '▸'}
          </Button>
        ) : (
          <span style={{ width: 24 }} />
        )}
        <Text ff="monospace" size="sm" fw={isRequired ? 700 : 400}>
          {name}
        </Text>
        <Text size="sm" c="dimmed">
          {typeOf(field)}
        </Text>
        {isRequired && (
          <Badge size="sm" variant="default">
            required
          </Badge>
        )}
        {identity && (
          <Badge size="sm" color="violet" tt="none">
            {identity['xdm:isPrimary'] ? 'primary identity' : 'identity'}: {identity['xdm:namespace']}
          </Badge>
        )}
        {field.title && field.title !== name && (
          <Text size="sm" title={field.description}>
            {field.title}
          </Text>
        )}
      </Group>
      {field.enum && (
        <Text size="xs" c="dimmed" ml={36} style={{ overflowWrap: 'anywhere' }}>
          one of {field.enum.map((one) => JSON.stringify(one)).join(', ')}
        </Text>
      )}
      {limitsOf(field) && (
        <Text size="xs" c="dimmed" ml={36} style={{ overflowWrap: 'anywhere' }}>
          {limitsOf(field)}
        </Text>
      )}
      {hasMembers && isOpen && (
        <ul role="group" style={{ listStyle: 'none', margin: 0, paddingLeft: 24, borderLeft: '1px solid var(--mantine-color-default-border)' }}>
          <Members field={inner} path={field.type === 'array' ? `${path}[*]` : path} identities={identities} depth={depth + 1} />
        </ul>
      )}
    </li>
  )
}

// What lists and maps are of: the members of that are shown.
function innermost(field: Field): Field {
  const below = field.type === 'array' ? field.items : isMap(field) ? field.additionalProperties : undefined
  return below ? innermost(below) : field
}

const isMap = (field: Field): field is Field & { additionalProperties: Field } => typeof field.additionalProperties === 'object' && !field.properties

function typeOf(field: Field): string {
  if (field.type === 'array') return `list of ${field.items ? typeOf(field.items) : 'anything'}`
  if (isMap(field)) return `map to ${typeOf(field.additionalProperties)}`
  return field.format ?? (field.type === 'object' || field.type === 'string' || field.type === 'boolean' ? field.type : (field['meta:xdmType'] ?? field.type ?? 'anything'))
}

function limitsOf(field: Field) {
  const limits = []
  if (field.pattern !== undefined) limits.push(`matches ${field.pattern}`)
  if (field.minimum !== undefined && Math.abs(field.minimum) < 2 ** 31) limits.push(`at least ${field.minimum}`)
  if (field.maximum !== undefined && Math.abs(field.maximum) < 2 ** 31 - 1) limits.push(`at most ${field.maximum}`)
  if (field.const !== undefined) limits.push(`always ${JSON.stringify(field.const)}`)
  return limits.join(', ')
}
