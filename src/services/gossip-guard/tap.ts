import { RejectReason } from '@libp2p/gossipsub/types'
import type { RPC } from '@libp2p/gossipsub/message'
import type { PeerId } from '@libp2p/interface'
import type { OpenGossipSub, PeerStats } from './open-gossipsub.ts'

/** Gives something to gossipsub as if it had just come. Rejects when gossipsub fails at it. */
export type Pass = (from: PeerId, rpc: RPC) => Promise<void>

/** What is told of the peers' conduct, and asked before anything is done with what they sent. */
export interface Listener {
  /** A peer sent this. Returns what of it gossipsub is to see, undefined for nothing; what it is to see later goes to `pass`. */
  admit (from: PeerId, rpc: RPC, pass: Pass): RPC | undefined
  /** Gossipsub is about to send this. Returns what of it goes to this peer, undefined for nothing. */
  release (peer: string, rpc: RPC): RPC | undefined
  /** Gossipsub ignored this, as the sender is graylisted. */
  ignored (peer: string, rpc: RPC): void
  /** A message's signature was wrong, or the application could not read it. */
  invalid (peer: string, topic: string): void
  /** The application refused a message. */
  rejected (peer: string, messageId: string): void
  /** A peer was the first to bring a message that is valid. */
  delivered (peer: string): void
  /** Gossipsub has just noted that a peer came. `before` is what it still knew of it. */
  cameBack (peer: string, before: PeerStats): void
  /** Gossipsub has just noted that a peer has gone. */
  gone (peer: string): void
}

/**
 * Puts a listener between a gossipsub and its peers, by standing in for methods of it, and of its score. Returns how to
 * leave.
 */
export function tap (pubsub: OpenGossipSub, listener: Listener): () => void {
  const { score } = pubsub
  let current: RPC | undefined
  let last: string | undefined
  const undo = [
    replace(pubsub, 'handleReceivedRpc', original => {
      const pass = async (from: PeerId, rpc: RPC): Promise<void> => {
        current = rpc
        // gossipsub asks `acceptFrom` before it first waits for anything
        const handled = original(from, rpc)
        current = undefined
        await handled
      }
      return async (from, rpc) => {
        const admitted = listener.admit(from, rpc, pass)
        if (admitted != null) await pass(from, admitted)
      }
    }),
    replace(pubsub, 'sendRpc', original => (peer, rpc) => {
      const released = listener.release(peer, rpc)
      return released != null && original(peer, released)
    }),
    // sends the same to all: one message, or one hint
    replace(pubsub, 'sendRpcInBatch', original => (peers, rpc) => {
      for (const peer of peers) {
        if (listener.release(peer, rpc) == null) peers.delete(peer)
      }
      original(peers, rpc)
    }),
    replace(pubsub, 'acceptFrom', original => peer => {
      const accepted = original(peer)
      if (!accepted && current != null) listener.ignored(peer, current)
      return accepted
    }),
    replace(score, 'rejectInvalidMessage', original => (peer, topic) => {
      original(peer, topic)
      listener.invalid(peer, topic)
    }),
    replace(score, 'rejectMessage', original => (peer, messageId, topic, reason) => {
      original(peer, messageId, topic, reason)
      if (reason === RejectReason.Reject) listener.rejected(peer, messageId)
      if (reason === RejectReason.Error) listener.invalid(peer, topic)
    }),
    replace(score, 'deliverMessage', original => (peer, messageId, topic) => {
      original(peer, messageId, topic)
      // with `asyncValidation` gossipsub tells twice, one after the other
      if (messageId !== last) listener.delivered(peer)
      last = messageId
    }),
    replace(score, 'addPeer', original => peer => {
      const before = score.peerStats.get(peer)
      original(peer)
      if (before != null) listener.cameBack(peer, before)
    }),
    replace(score, 'removePeer', original => peer => {
      original(peer)
      listener.gone(peer)
    })
  ]
  return () => { for (const restore of undo.toReversed()) restore() }
}

type Method = (...args: never[]) => unknown

/** A method of `target` becomes what `make` makes of it. Returns how to undo that, also when somebody else has replaced it since. */
export function replace<T extends object, K extends keyof T> (target: T, name: K, make: (original: T[K]) => T[K]): () => void {
  const own = Object.hasOwn(target, name)
  const before = target[name]
  const original = (before as Method).bind(target) as T[K]
  const replacement = make(original)
  let active = true
  const standIn = ((...args: never[]) => ((active ? replacement : original) as Method)(...args)) as T[K]
  target[name] = standIn
  return () => {
    active = false
    if (target[name] !== standIn) return
    if (own) target[name] = before
    else delete (target as Partial<T>)[name]
  }
}
