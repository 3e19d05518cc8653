// The head of a page: what it shows, where that belongs, what can be done with it. It names the tab as well.
import type { ReactNode } from 'react'
import { useEffect } from 'react'
import { Link } from 'wouter'

interface PageTitleProps {
  readonly title: string
  /** What stands in place of the title, when it is more than text. */
  readonly heading?: ReactNode
  readonly trail?: readonly { readonly text: string; readonly to: string }[]
  readonly children?: ReactNode
  readonly actions?: ReactNode
}

export function PageTitle({ title, heading, trail = [], children, actions }: PageTitleProps) {
  useEffect(() => {
    document.title = `${title} · Modelwright`
  }, [title])
  return (
    <header className="page-title">
      <div className="page-title-text">
        {trail.length > 0 && (
          <nav aria-label="Where this is" className="trail">
            {trail.map(({ text, to }) => (
              <Link key={to} to={to}>
                {text}
              </Link>
            ))}
          </nav>
        )}
        <h1>{heading ?? title}</h1>
        {children !== undefined && <div className="page-title-facts">{children}</div>}
      </div>
      <div className="page-title-actions">{actions}</div>
    </header>
  )
}
