// Keeps a fault in one page from taking the frame with it. React knows only classes for this.
import { Component, type ReactNode } from 'react'
import { Failure } from './failure.js'

interface BoundaryProps {
  /** Where the fault was: elsewhere it is over. */
  readonly place: string
  readonly children: ReactNode
}

interface BoundaryState {
  readonly error: Error | undefined
}

/** Pages are loaded when they are first opened. */
const isMissingPart = ({ message }: Error): boolean => /module script|imported module|CSS/i.test(message)

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: undefined }

  static getDerivedStateFromError(error: Error): BoundaryState {
    return { error }
  }

  override componentDidUpdate({ place }: BoundaryProps): void {
    if (place !== this.props.place && this.state.error !== undefined) this.setState({ error: undefined })
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <Failure
        error={
          new Error(
            isMissingPart(error)
              ? 'This part of the page could not be loaded: the server does not answer, or is of another version by now.'
              : `This page failed, which is our fault (${error.message}).`,
          )
        }
        // All that is shown stands in the address; a part that failed to load is only asked for by a page that is new.
        retry={() => window.location.reload()}
      />
    )
  }
}
