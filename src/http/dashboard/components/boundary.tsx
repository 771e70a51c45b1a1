import { Component } from 'preact'
import { asProblem } from '../api/problem.ts'
import { ErrorState } from './states.tsx'
import type { ComponentChildren } from 'preact'

/** A view that fails takes nothing else with it. Give it the view's address as key, so that another view starts afresh. */
export class Boundary extends Component<{ children: ComponentChildren }, { error?: unknown }> {
  override state: { error?: unknown } = {}

  static override getDerivedStateFromError (error: unknown): { error: unknown } {
    return { error }
  }

  render (): ComponentChildren {
    const { error } = this.state
    return error === undefined ? this.props.children : <ErrorState problem={asProblem(error)} retry={() => { this.setState({ error: undefined }) }} />
  }
}
