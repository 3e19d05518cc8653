// A request that failed, in the server's own sentence, with a way on.
import { Button } from '@mantine/core'
import { RequestError } from '../api/client.js'
import { KeyForm } from './key-form.js'
import { Icon } from './icon.js'

export function Failure({ error, retry }: { readonly error: Error; readonly retry?: () => void }) {
  if (error instanceof RequestError && error.status === 401) return <KeyForm message={error.message} />
  return (
    <div className="failure" role="alert">
      <Icon name="warning" />
      <p>{error.message}</p>
      {retry !== undefined && (
        <Button variant="default" onClick={retry} leftSection={<Icon name="refresh" size={14} />}>
          Try again
        </Button>
      )}
    </div>
  )
}
