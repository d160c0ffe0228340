import { Group, TextInput } from '@mantine/core'

type Names = { firstName: string; lastName: string; email: string }

/** What a person is called, and where they are written to. */
export function NameFields({ values, change }: { values: Names; change: (more: Partial<Names>) => void }) {
  const field = (name: keyof Names) => ({ value: values[name], onChange: (event: { currentTarget: { value: string } }) => change({ [name]: event.currentTarget.value }), maxLength: 255 })
  return (
    <>
      <Group grow>
        <TextInput label="First name" {...field('firstName')} />
        <TextInput label="Last name" {...field('lastName')} />
      </Group>
      <TextInput label="E-mail" {...field('email')} />
    </>
  )
}
