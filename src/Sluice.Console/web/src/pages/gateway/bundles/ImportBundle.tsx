import { Anchor, Button, FileButton, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type DragEvent, useState } from 'react'
import { Link } from 'react-router'
import { usePlace, useSelf } from '../../../Shell'
import { bytes } from '../../../ui/Page'
import { BundleFaults, Places } from './BundleFaults'
import { type BundleKind, bundlePath, deploy, importBundle } from './calls'

type Props = {
  kind: BundleKind
  /** What the archive becomes a revision of; without it, the archive or the user says. */
  name?: string
}

/** Takes an archive that is chosen or dropped, stores it as a revision, and offers to deploy that. */
export function ImportBundle({ kind, name: known }: Props) {
  const { org } = usePlace()
  const queries = useQueryClient()
  const [archive, setArchive] = useState<File | null>(null)
  const [name, setName] = useState('')
  const [isOver, setOver] = useState(false)
  const bring = useMutation({
    mutationFn: (file: File) => importBundle(kind, org, file, known ?? name.trim()),
    onSuccess: () => {
      setArchive(null)
      setName('')
      return queries.invalidateQueries()
    },
  })
  const choose = (file: File | null | undefined) => {
    if (!file) return
    bring.reset()
    setArchive(file)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    choose(event.dataTransfer.files[0])
  }
  const what = kind === 'proxy' ? 'a proxy bundle' : 'a shared flow bundle'
  return (
    <Paper
      withBorder
      p="sm"
      role="group"
      aria-label="Import"
      style={{ borderStyle: 'dashed', borderColor: isOver ? 'var(--mantine-primary-color-filled)' : 'var(--sluice-field-edge)' }}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Stack gap="sm">
        <Group gap="sm">
          <FileButton accept=".zip,application/zip" inputProps={{ 'aria-label': `Archive of ${what}` }} onChange={choose}>
            {(button) => (
              <Button variant="default" {...button}>
                Choose {what}
              </Button>
            )}
          </FileButton>
          <Text size="sm">{archive ? `${archive.name}, ${bytes(archive.size)}` : `or drop the zip here${known ? `: it becomes the next revision of ${known}` : ''}.`}</Text>
        </Group>
        {archive && (
          <Group align="end">
            {!known && <TextInput label="Name" description="Empty: as the archive's descriptor says. A name that is there gets another revision." value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={255} w={{ base: '100%', sm: 360 }} />}
            <Button loading={bring.isPending} onClick={() => bring.mutate(archive)}>
              Import
            </Button>
          </Group>
        )}
        <BundleFaults error={bring.error} />
        {bring.data && <Imported key={`${bring.data.name} ${bring.data.revision}`} kind={kind} name={bring.data.name} revision={bring.data.revision} />}
      </Stack>
    </Paper>
  )
}

function Imported({ kind, name, revision }: { kind: BundleKind; name: string; revision: string }) {
  const place = usePlace()
  const { environments } = useSelf()
  const queries = useQueryClient()
  const [env, setEnv] = useState(place.env)
  const bring = useMutation({ mutationFn: () => deploy(kind, { org: place.org, env }, name, revision), onSuccess: () => queries.invalidateQueries() })
  const deployed = bring.data
  return (
    <>
      <Text role="status">
        Revision {revision} of{' '}
        <Anchor component={Link} to={bundlePath(kind, name)}>
          {name}
        </Anchor>{' '}
        {deployed ? `is deployed in ${deployed.environment}${deployed.paths ? `, at ${deployed.paths.join(', ')}` : ''}.` : 'is stored. It is not deployed yet.'}
      </Text>
      <Group align="end">
        <Select
          label="Environment"
          data={environments}
          value={env}
          allowDeselect={false}
          onChange={(value) => {
            bring.reset()
            setEnv(value ?? env)
          }}
          w={180}
        />
        <Button loading={bring.isPending} disabled={deployed?.environment === env} onClick={() => bring.mutate()}>
          Deploy revision {revision}
        </Button>
      </Group>
      <BundleFaults error={bring.error} />
      {deployed?.warnings && <Places of={deployed.warnings} label="Passed over" />}
    </>
  )
}
