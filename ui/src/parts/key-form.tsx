// Asks for the key where the server wants one; the server keeps it in a cookie that no script can read.
import { Button, PasswordInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { askJson } from '../api/client.js'

const title = 'This server asks for a key'

export function KeyForm({ message }: { readonly message: string }) {
  const [key, setKey] = useState('')
  const queries = useQueryClient()
  const login = useMutation({
    mutationFn: () => askJson('/api/v1/session', { method: 'POST', body: { key: key.trim() } }),
    onSuccess: () => queries.resetQueries(),
  })
  return (
    <form
      className="key-form"
      onSubmit={(event) => {
        event.preventDefault()
        login.mutate()
      }}
    >
      <h2>{title}</h2>
      {/* Told to programs it says how they send one. */}
      {!message.startsWith(title) && <p>{message}</p>}
      <PasswordInput
        label="API key"
        description="Whoever runs this server makes one with: modelwright keys create"
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        autoComplete="off"
        error={login.error?.message}
      />
      <Button type="submit" disabled={key.trim() === ''} loading={login.isPending}>
        Log in
      </Button>
    </form>
  )
}
