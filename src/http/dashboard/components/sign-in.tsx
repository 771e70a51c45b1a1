import { useState } from 'preact/hooks'
import { refused, signIn } from '../api/session.ts'
import { Button } from './button.tsx'
import { TextField } from './field.tsx'
import type { JSX } from 'preact'

/** Who comes without a token, or with one that is not taken, is told where it is. */
export function SignIn (): JSX.Element {
  const [given, setGiven] = useState('')
  const token = given.trim()
  return (
    <main class='sign-in'>
      <form class='card' onSubmit={event => { event.preventDefault(); if (token !== '') signIn(token) }}>
        <h1><img src='icon.svg' alt='' width='36' height='36' /> Peerkeep</h1>
        <p>This page shows and steers a node. The node wants to know that you may: give it the token that it has written to a file of its own.</p>
        <TextField
          label='Token' type='password' autoComplete='current-password' autoFocus required value={given} onValue={setGiven}
          error={refused.value ? 'The node did not take this token: copy it again' : undefined}
        />
        <Button type='submit' kind='primary' disabled={token === ''}>Sign in</Button>
        <div class='muted'>
          <p>It is in the file <code>api-token</code> in the data directory of the node. On a terminal the node prints a link with the token in it when it starts; so does</p>
          <p><code>node dist/node.js dashboard</code></p>
          <p>This page keeps the token in this tab, until you close it or sign out. The browser itself may keep the link in its history, with the token in it.</p>
        </div>
      </form>
    </main>
  )
}
