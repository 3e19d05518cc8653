// A button that copies a text and says that it did.
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core'
import { Icon } from './icon.js'

/** `what` completes the sentence “Copy …”. */
export function Copy({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <CopyButton value={text} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `Copy ${what}`}>
          <ActionIcon size="sm" onClick={copy} aria-label={copied ? 'Copied' : `Copy ${what}`}>
            <Icon name={copied ? 'check' : 'copy'} size={14} />
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  )
}

/** An id, shortened, with its whole in the title and behind the button. */
export function Id({ id, what }: { readonly id: string; readonly what: string }) {
  return (
    <span className="id">
      <code title={id}>{id.slice(0, 8)}</code>
      <Copy text={id} what={what} />
    </span>
  )
}
