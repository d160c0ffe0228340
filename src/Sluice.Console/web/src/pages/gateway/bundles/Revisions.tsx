import { Anchor, Badge, Button, Table, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import { usePlace } from '../../../Shell'
import { BundleFaults } from './BundleFaults'
import { type BundleKind, bundlePath, deploy, undeploy } from './calls'

type Props = { kind: BundleKind; name: string; revisions: readonly string[]; deployed: string | undefined }

/** The revisions of a bundle, the latest first, and which of them the environment runs. */
export function Revisions({ kind, name, revisions, deployed }: Props) {
  const place = usePlace()
  const queries = useQueryClient()
  const change = useMutation({
    mutationFn: async (revision: string): Promise<unknown> => (revision === deployed ? undeploy(kind, place, name, revision) : deploy(kind, place, name, revision)),
    onSettled: () => queries.invalidateQueries(),
  })
  return (
    <>
      <BundleFaults error={change.error} />
      <Title order={2} size="h4">
        Revisions
      </Title>
      <Table aria-label="Revisions">
        <Table.Tbody>
          {revisions.toReversed().map((revision) => (
            <Table.Tr key={revision}>
              <Table.Td>
                Revision {revision} {deployed === revision && <Badge ml="xs">deployed</Badge>}
              </Table.Td>
              {kind === 'proxy' && (
                <Table.Td>
                  <Anchor component={Link} to={`${bundlePath(kind, name)}/flow/${revision}`}>
                    Flow of revision {revision}
                  </Anchor>
                </Table.Td>
              )}
              <Table.Td ta="right">
                <Button size="xs" variant={deployed === revision ? 'default' : 'light'} loading={change.isPending && change.variables === revision} onClick={() => change.mutate(revision)}>
                  {deployed === revision ? 'Undeploy' : 'Deploy'}
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}
