import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { Confirm } from '../../ui/Confirm'

type Props = {
  name: string
  /** Whether it is let in; undefined where that is not to be chosen now. */
  isLetIn: boolean | undefined
  revokeTokens: () => Promise<unknown>
  letIn: (isLetIn: boolean) => Promise<unknown>
  remove: () => Promise<unknown>
  after: () => unknown
  /** The list that one comes back to. */
  list: string
  /** What follows from each. */
  words: { revoke: string; disable: string; enable: string; remove: string }
  children?: ReactNode
}

/** What is done with somebody or something that signs in: ending tokens, keeping out, deleting. */
export function AccountActions({ name, isLetIn, revokeTokens, letIn, remove, after, list, words, children }: Props) {
  const go = useNavigate()
  return (
    <>
      {children}
      <Confirm action="Revoke tokens" title={`End all tokens of ${name}?`} run={revokeTokens} after={after}>
        {words.revoke}
      </Confirm>
      {isLetIn !== undefined && (
        <Confirm action={isLetIn ? 'Disable' : 'Enable'} title={`${isLetIn ? 'Disable' : 'Enable'} ${name}?`} isDestructive={isLetIn} run={() => letIn(!isLetIn)} after={after}>
          {isLetIn ? words.disable : words.enable}
        </Confirm>
      )}
      <Confirm action="Delete" title={`Delete ${name}?`} run={remove} after={() => void go(list)}>
        {words.remove}
      </Confirm>
    </>
  )
}
