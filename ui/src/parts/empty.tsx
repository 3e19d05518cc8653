// A place with nothing in it says what to do, in lines that can be copied.
import type { ReactNode } from 'react'
import { Copy } from './copy.js'
import { Icon } from './icon.js'
import type { IconName } from './icons.js'

interface EmptyProps {
  readonly icon: IconName
  readonly title: string
  readonly children?: ReactNode
}

export function Empty({ icon, title, children }: EmptyProps) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} size={22} />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** Lines to copy. */
export function Snippet({ children, label }: { readonly children: string; readonly label: string }) {
  return (
    <figure className="snippet">
      <figcaption>
        {label}
        <Copy text={children} what="these lines" />
      </figcaption>
      {/* Long lines scroll, so the keyboard must reach it. */}
      <pre tabIndex={0}>{children}</pre>
    </figure>
  )
}
