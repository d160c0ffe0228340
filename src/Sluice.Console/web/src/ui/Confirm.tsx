import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Fault } from './Fault'

type Props = {
  /** What the button says, here and in the question. */
  action: string
  title: string
  children: ReactNode
  run: () => Promise<unknown>
  /** What comes after it, such as going to the list. */
  after?: () => unknown
  /** Whether something is lost by it. */
  isDestructive?: boolean
}

/** A button that asks before it does what cannot be undone. */
export function Confirm({ action, title, children, run, after, isDestructive = true }: Props) {
  const [isOpen, setOpen] = useState(false)
  const doing = useMutation({
    mutationFn: run,
    onSuccess: () => {
      setOpen(false)
      after?.()
    },
  })
  const colour = isDestructive ? 'red' : undefined
  return (
    <>
      <Button
        color={colour}
        variant="light"
        onClick={() => {
          doing.reset()
          setOpen(true)
        }}
      >
        {action}
      </Button>
      <Modal opened={isOpen} onClose={() => setOpen(false)} title={title} closeButtonProps={{ 'aria-label': 'Close' }} transitionProps={{ duration: 0 }}>
        <Stack>
          <Text component="div">{children}</Text>
          <Fault error={doing.error} />
          <Group justify="end">
            <Button variant="default" onClick={() => setOpen(false)} data-autofocus>
              Cancel
            </Button>
            <Button color={colour} loading={doing.isPending} onClick={() => doing.mutate()}>
              {action}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
