import { SENDER_PARTS } from './constants.ts'
import type { Deposit, Owner } from './box-contents.ts'
import type { BoxLimits } from './options.ts'

/**
 * Whether there is room for a message in the box of an owner: for the owner, for this sender among all who write to it, and for
 * all senders at its public host, as identities cost nothing.
 */
export function hasRoom (owner: Owner, { sender, host, bytes }: Pick<Deposit, 'sender' | 'host' | 'bytes'>, limits: BoxLimits, totalBytes: number): boolean {
  if (totalBytes + bytes > limits.totalBytes) return false
  let [senders, senderBytes, hosts, hostBytes] = [0, 0, 0, 0]
  for (const deposit of owner.deposits.values()) {
    if (deposit.sender === sender) {
      senders++
      senderBytes += deposit.bytes
    }
    if (host !== '' && deposit.host === host) {
      hosts++
      hostBytes += deposit.bytes
    }
  }
  const [maxMessages, maxBytes] = [limits.messagesPerOwner, limits.bytesPerOwner]
  return owner.deposits.size < maxMessages && owner.bytes + bytes <= maxBytes &&
    Math.max(senders, hosts) < Math.ceil(maxMessages / SENDER_PARTS) && Math.max(senderBytes, hostBytes) + bytes <= Math.max(maxBytes / SENDER_PARTS, bytes)
}
