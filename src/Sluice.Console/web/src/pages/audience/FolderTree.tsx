import { ActionIcon, Box, Group, Select, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import type { FolderRow } from './calls'

export const anywhere = 'all'

type Props = { folders: FolderRow[]; value: string; onChange: (folder: string) => void }

/** The folders of a list: a tree that opens where one wants it, a box to choose from on a small screen. */
export function FolderTree({ folders, value, onChange }: Props) {
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const toggle = (id: number) => setOpen(new Set(open.has(id) ? [...open].filter((one) => one !== id) : [...open, id]))
  const isOpen = (one: FolderRow) => open.has(one.folderId) || (value !== anywhere && holds(one, Number(value)))
  return (
    <>
      <Box component="nav" aria-label="Folders" visibleFrom="sm" w={250} style={{ flexShrink: 0, maxHeight: '70vh', overflow: 'auto' }}>
        <Item title="All folders" isChosen={value === anywhere} choose={() => onChange(anywhere)} />
        <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {folders.flatMap(atTop).map((one) => (
            <Branch key={one.folderId} of={one} value={value} choose={onChange} isOpen={isOpen} toggle={toggle} depth={0} />
          ))}
        </ul>
      </Box>
      <Select hiddenFrom="sm" label="Folder" searchable allowDeselect={false} limit={200} data={[{ value: anywhere, label: 'All folders' }, ...folderOptions(folders)]} value={value} onChange={(next) => onChange(next ?? anywhere)} w="100%" />
    </>
  )
}

type BranchProps = { of: FolderRow; value: string; choose: (folder: string) => void; isOpen: (one: FolderRow) => boolean; toggle: (id: number) => void; depth: number }

function Branch({ of, value, choose, isOpen, toggle, depth }: BranchProps) {
  const hasMore = of.subFolders.length > 0
  return (
    <li>
      <Group gap={0} wrap="nowrap" pl={depth * 14}>
        {hasMore ? (
          <ActionIcon variant="subtle" color="gray" size="sm" c="dimmed" aria-label={`Folders in ${nameOf(of)}`} aria-expanded={isOpen(of)} onClick={() => toggle(of.folderId)}>
            {isOpen(of) ? '▾' : '▸'}
          </ActionIcon>
        ) : (
          <Box w={22} style={{ flexShrink: 0 }} />
        )}
        <Item title={nameOf(of)} isChosen={value === String(of.folderId)} choose={() => choose(String(of.folderId))} />
      </Group>
      {hasMore && isOpen(of) && (
        <ul style={{ listStyle: 'none', margin: 0, padding: 0 }}>
          {of.subFolders.map((one) => (
            <Branch key={one.folderId} of={one} value={value} choose={choose} isOpen={isOpen} toggle={toggle} depth={depth + 1} />
          ))}
        </ul>
      )}
    </li>
  )
}

function Item({ title, isChosen, choose }: { title: string; isChosen: boolean; choose: () => void }) {
  return (
    <UnstyledButton
      onClick={choose}
      aria-current={isChosen ? 'true' : undefined}
      fz="sm"
      fw={isChosen ? 700 : 400}
      px="xs"
      py={5}
      w="100%"
      bdrs="sm"
      bg={isChosen ? 'var(--mantine-color-default-hover)' : undefined}
      style={{ overflowWrap: 'anywhere' }}
    >
      {title}
    </UnstyledButton>
  )
}

// What is in no folder stands beside the first folders.
const atTop = (root: FolderRow): FolderRow[] => [{ ...root, subFolders: [] }, ...root.subFolders]

export const nameOf = (folder: FolderRow) => (folder.folderId === 0 ? 'Not in a folder' : folder.name)

const holds = (folder: FolderRow, id: number): boolean => folder.subFolders.some((one) => one.folderId === id || holds(one, id))

/** Every folder, one below the other, with those around it in its name. */
export function everyFolder(folders: FolderRow[]): FolderRow[] {
  return folders.flatMap((one) => [one, ...everyFolder(one.subFolders)])
}

export const folderOptions = (folders: FolderRow[]) => everyFolder(folders).map((one) => ({ value: String(one.folderId), label: one.folderId === 0 ? nameOf(one) : one.path.split('/').slice(2).join(' / ') }))
