import { BansError } from './bans-error.ts'
import { MAX_REASON } from './constants.ts'
import { Policy } from './policy.ts'
import { parseTarget } from './target.ts'
import type { NetgroupOptions } from '../../util/netgroup.ts'
import type { BansInit } from './index.ts'
import type { Target } from './target.ts'

export interface BansOptions {
  allow: Target[]
  ban: Target[]
  automatic: boolean
  permanent: boolean
  budget: number
  netgroups: NetgroupOptions
  isSelf (target: Target): boolean
  /** Throws `BANS_SELF`. */
  checkBannable (target: Target): void
}

/** Pure. Throws `BansError`: `BANS_TARGET_INVALID`, `BANS_SELF`, `BANS_ALLOWED`, `BANS_OPTIONS_INVALID`. */
export function bansOptions (init: BansInit, self: string): BansOptions {
  const { automatic = true, permanent = false, budget = 0.2, localAsPublic } = init
  if (!(budget >= 0 && budget <= 1)) throw new BansError('BANS_OPTIONS_INVALID', `the option budget of bans is ${budget}: give a share, 0 to 1`)
  const isSelf = ({ key }: Target): boolean => key === self
  const checkBannable = (target: Target): void => {
    if (isSelf(target)) throw new BansError('BANS_SELF', `${self} is this node's own peer id: a node cannot ban itself`, { details: { target: self } })
  }
  const [allow, ban] = [init.allow ?? [], init.ban ?? []].map(list => list.map(parseTarget)) as [Target[], Target[]]
  const policy = new Policy()
  for (const target of allow) policy.allow(target)
  for (const target of ban) {
    checkBannable(target)
    if (policy.isAllowed(target)) throw new BansError('BANS_ALLOWED', `${target.key} is both to be banned and to be allowed: take it from one of the two lists`, { details: { target: target.key } })
  }
  return { allow, ban, automatic, permanent, budget, netgroups: { localAsPublic }, isSelf, checkBannable }
}

/** Throws `BansError` (`BANS_REASON_INVALID`). */
export function checkReason (reason: string): string {
  if (typeof reason === 'string' && reason.length <= MAX_REASON) return reason
  throw new BansError('BANS_REASON_INVALID', `the reason of a ban is a text of at most ${MAX_REASON} characters: give a shorter one`)
}
