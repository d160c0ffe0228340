import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Refused } from '../api/clients'
import { Fault } from './Fault'

/** How far sending a form has come. */
export type Doing = { error: Error | null; isPending: boolean; isSuccess: boolean }

type Props = {
  /** What the button says. */
  action: string
  submit: () => void
  doing: Doing
  /** Whether all is there that must be. */
  isReady?: boolean
  /** Brings what somebody else made of it meanwhile, in place of what is written here. */
  reload?: () => void
  /** Whether what stands here is what the server has, where the page stays after saving. */
  isSaved?: boolean
  width?: number
  children: ReactNode
}

/** Fields with a button below them, and what the server said against them. */
export function Form({ action, submit, doing, isReady = true, reload, isSaved = false, width = 560, children }: Props) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Stack maw={width}>
        {children}
        <SaveFault error={doing.error} reload={reload} />
        <Group>
          <Button type="submit" loading={doing.isPending} disabled={!isReady}>
            {action}
          </Button>
          {isSaved && doing.isSuccess && <Text role="status">Saved.</Text>}
        </Group>
      </Stack>
    </form>
  )
}

/** Why something was not saved, brought into sight; where somebody else was faster, with a way to what they left. */
export function SaveFault({ error, reload }: { error: Error | null; reload?: () => void }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    place.current?.scrollIntoView({ block: 'nearest' })
  }, [error])
  if (!error) return null
  const isStale = reload && error instanceof Refused && error.status === 412
  return (
    <div ref={place}>
      {isStale ? (
        <Alert color="red" role="alert" title="Somebody changed it meanwhile">
          <Text size="sm" mb="sm">
            What is written here is not saved. Copy what you want to keep before you look at the newer state.
          </Text>
          <Button variant="default" onClick={reload}>
            Load the newer state
          </Button>
        </Alert>
      ) : (
        <Fault error={error} />
      )}
    </div>
  )
}

/** What somebody changes of something: what they left alone stays as the server has it, and is not sent. */
export function useDraft<Values extends object>(of: Values) {
  const [changed, setChanged] = useState<Partial<Values>>({})
  return {
    values: { ...of, ...changed },
    changed,
    isChanged: Object.keys(changed).length > 0,
    change: (more: Partial<Values>) => setChanged((now) => ({ ...now, ...more })),
    forget: () => setChanged({}),
  }
}
