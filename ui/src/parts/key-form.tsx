// Asks for the key where the server wants one.
import { Button, PasswordInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiKey } from '../api/client.js'

export function KeyForm({ message }: { readonly message: string }) {
  const [key, setKey] = useState('')
  const queries = useQueryClient()
  return (
    <form
      className="key-form"
      onSubmit={(event) => {
        event.preventDefault()
        apiKey.set(key.trim())
        void queries.resetQueries()
      }}
    >
      <h2>This server asks for a key</h2>
      <p>{message}</p>
      <PasswordInput
        label="API key"
        description="It stays in this tab and is forgotten when the tab closes."
        value={key}
        onChange={(event) => setKey(event.currentTarget.value)}
        autoComplete="off"
        data-autofocus
      />
      <Button type="submit" disabled={key.trim() === ''}>
        Use this key
      </Button>
    </form>
  )
}
