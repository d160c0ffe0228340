import { Anchor, Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { DataTable } from '../../ui/DataTable'
import { Page, when } from '../../ui/Page'
import { groupKey, listGroups } from './calls'

/** Every group, through which people and clients get their rights. */
export function Groups() {
  const groups = useQuery({ queryKey: groupKey, queryFn: listGroups })
  return (
    <Page
      title="Groups"
      actions={
        <Button component={Link} to="/access/groups/new">
          Create group
        </Button>
      }
    >
      <DataTable
        label="Groups"
        rows={groups.data}
        error={groups.error}
        keyOf={(group) => String(group.groupId)}
        textOf={(group) => `${group.name} ${group.description ?? ''}`}
        empty={<Text>There is no group yet. A group says what its members may do: who is in none, and is no administrator, may do nothing.</Text>}
        columns={[
          {
            title: 'Name',
            by: (group) => group.name,
            cell: (group) => (
              <Anchor component={Link} to={`/access/groups/${group.groupId}`}>
                {group.name}
              </Anchor>
            ),
          },
          { title: 'Description', cell: (group) => group.description },
          { title: 'Members', by: (group) => group.membershipCount, align: 'right', cell: (group) => group.membershipCount },
          { title: 'Rights on everything', by: (group) => group.wildcards.length, align: 'right', cell: (group) => group.wildcards.length },
          { title: 'Changed', by: (group) => group.updateTime, cell: (group) => when(group.updateTime) },
        ]}
      />
    </Page>
  )
}
