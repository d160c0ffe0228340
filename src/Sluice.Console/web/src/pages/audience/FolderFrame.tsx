import { Box, Button, Flex, Group, Modal, Select, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { audience } from '../../api/clients'
import { usePlace } from '../../Shell'
import { Confirm } from '../../ui/Confirm'
import { Fault } from '../../ui/Fault'
import { useChoice } from '../../ui/tableState'
import { type Family, type FolderRow, folders } from './calls'
import { anywhere, everyFolder, folderOptions, FolderTree } from './FolderTree'
import { ask } from './refusal'

type Change = { name: string; parentFolderId: number }

const calls = {
  traits: {
    make: (body: Change) => ask(audience.POST('/v1/folders/traits/', { body })),
    change: (folderId: number, body: Change) => ask(audience.PUT('/v1/folders/traits/{folderId}', { params: { path: { folderId } }, body })),
    remove: (folderId: number) => ask(audience.DELETE('/v1/folders/traits/{folderId}', { params: { path: { folderId } } })),
  },
  segments: {
    make: (body: Change) => ask(audience.POST('/v1/folders/segments/', { body })),
    change: (folderId: number, body: Change) => ask(audience.PUT('/v1/folders/segments/{folderId}', { params: { path: { folderId } }, body })),
    remove: (folderId: number) => ask(audience.DELETE('/v1/folders/segments/{folderId}', { params: { path: { folderId } } })),
  },
}

export const useFolders = (family: Family) => {
  const place = usePlace()
  return useQuery({ queryKey: ['folders', family, place], refetchInterval: 30_000, queryFn: () => folders(family) })
}

/** A list beside the folders that it is kept in: choosing one, and making, renaming, moving and deleting them. */
export function FolderFrame({ family, children }: { family: Family; children: (folderId: number | undefined) => ReactNode }) {
  const queries = useQueryClient()
  const tree = useFolders(family)
  const [chosen, choose] = useChoice('folder', anywhere)
  const refresh = () => queries.invalidateQueries({ queryKey: ['folders', family] })
  const roots = tree.data ?? []
  const folder = chosen === anywhere || chosen === '0' ? undefined : everyFolder(roots).find((one) => one.folderId === Number(chosen))
  return (
    <Flex gap="lg" direction={{ base: 'column', sm: 'row' }} align="flex-start">
      <Stack gap="xs" w={{ base: '100%', sm: 'auto' }}>
        <Fault error={tree.error} />
        <FolderTree folders={roots} value={chosen} onChange={choose} />
        <Group gap="xs">
          <FolderDialog
            key={`new-${chosen}`}
            action="New folder"
            folders={roots}
            name=""
            parent={folder?.folderId ?? 0}
            save={async (body) => choose(String((await calls[family].make(body)).folderId))}
            after={refresh}
          />
          {folder && (
            <>
              <FolderDialog key={`change-${chosen}`} action="Rename or move" folders={roots} name={folder.name} parent={folder.parentFolderId} save={(body) => calls[family].change(folder.folderId, body)} after={refresh} />
              <Confirm
                action="Delete folder"
                title={`Delete the folder ${folder.name}?`}
                run={() => calls[family].remove(folder.folderId)}
                after={() => {
                  choose(anywhere)
                  void refresh()
                }}
              >
                Only an empty folder can go.
              </Confirm>
            </>
          )}
        </Group>
      </Stack>
      <Box flex={1} miw={0} w="100%">
        {children(chosen === anywhere ? undefined : Number(chosen))}
      </Box>
    </Flex>
  )
}

type DialogProps = { action: string; folders: FolderRow[]; name: string; parent: number; save: (body: Change) => Promise<unknown>; after: () => Promise<unknown> }

function FolderDialog({ action, folders: roots, name: before, parent: around, save, after }: DialogProps) {
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState(before)
  const [parent, setParent] = useState(String(around))
  const saving = useMutation({
    mutationFn: () => save({ name: name.trim(), parentFolderId: Number(parent) }),
    onSuccess: async () => {
      setOpen(false)
      await after()
    },
  })
  const open = () => {
    saving.reset()
    setName(before)
    setParent(String(around))
    setOpen(true)
  }
  return (
    <>
      <Button variant="light" size="xs" onClick={open}>
        {action}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={action} closeButtonProps={{ 'aria-label': 'Close' }} transitionProps={{ duration: 0 }}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            saving.mutate()
          }}
        >
          <Stack>
            <TextInput label="Folder name" value={name} onChange={(event) => setName(event.currentTarget.value)} required maxLength={255} data-autofocus />
            <Select label="Inside of" data={folderOptions(roots)} value={parent} onChange={(value) => setParent(value ?? '0')} searchable limit={200} allowDeselect={false} />
            <Fault error={saving.error} />
            <Group justify="end">
              <Button variant="default" onClick={() => setOpen(false)}>
                Cancel
              </Button>
              <Button type="submit" loading={saving.isPending} disabled={name.trim() === ''}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}

/** Chooses the folder that something is kept in. */
export function PickFolder({ family, value, onChange, label = 'Folder' }: { family: Family; value: string; onChange: (value: string) => void; label?: string }) {
  const tree = useFolders(family)
  return <Select label={label} data={tree.data ? folderOptions(tree.data) : [{ value, label: value === '0' ? 'Not in a folder' : value }]} value={value} onChange={(next) => onChange(next ?? '0')} searchable limit={200} allowDeselect={false} />
}

/** A button that puts one thing into another folder. */
export function MoveTo({ family, folderId, move }: { family: Family; folderId: number; move: (folderId: number) => Promise<unknown> }) {
  const [isOpen, setOpen] = useState(false)
  const [target, setTarget] = useState(String(folderId))
  const moving = useMutation({ mutationFn: () => move(Number(target)), onSuccess: () => setOpen(false) })
  return (
    <>
      <Button
        variant="light"
        onClick={() => {
          moving.reset()
          setTarget(String(folderId))
          setOpen(true)
        }}
      >
        Move
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title="Move to a folder" closeButtonProps={{ 'aria-label': 'Close' }} transitionProps={{ duration: 0 }}>
        <Stack>
          <PickFolder family={family} value={target} onChange={setTarget} />
          <Fault error={moving.error} />
          <Group justify="end">
            <Button variant="default" onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button loading={moving.isPending} onClick={() => moving.mutate()}>
              Move here
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
