// Keeps a fault in one page from taking the frame with it. React knows only classes for this.
import { Component, type ReactNode } from 'react'
import { Failure } from './failure.js'

interface BoundaryState {
  readonly error: Error | undefined
}

export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: undefined }

  static getDerivedStateFromError(error: Error): BoundaryState {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <Failure
        error={new Error(`This page failed, which is our fault (${error.message}).`)}
        retry={() => this.setState({ error: undefined })}
      />
    )
  }
}
