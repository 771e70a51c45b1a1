import { compareBallots, nextRound } from '../../../../src/services/shards/change/ballot.ts'
import { decide, isDecided } from '../../../../src/services/shards/change/decision.ts'
import { accept, boundTo, promise } from '../../../../src/services/shards/holder/acceptor.ts'
import { quorum } from '../../../../src/services/shards/model/quorum.ts'
import type { Electorate, Promised } from '../../../../src/services/shards/change/decision.ts'
import type { AcceptorState } from '../../../../src/services/shards/holder/acceptor.ts'
import type { Ballot } from '../../../../src/services/shards/pb/shards.ts'

/** What a proposer wants: new holders. Its name is its hash. */
export interface Wish {
  hash: string
  after: readonly number[]
}

type Message =
  | { what: 'prepare', to: number, from: number, ballot: Ballot }
  | { what: 'promise', to: number, from: number, ballot: Ballot, state: AcceptorState }
  | { what: 'propose', to: number, from: number, ballot: Ballot, value: Wish, justification: AcceptorState[] }
  | { what: 'accept', to: number, from: number, ballot: Ballot, value: Wish }

interface Proposer {
  wish: Wish
  ballot?: Ballot
  lastRound: number
  promises: Map<number, AcceptorState>
  value?: Wish
  accepts: Set<string>
  decided?: string
}

/** Holders and proposers of one seq, and the messages between them; whoever drives it says what happens next. */
export class PaxosModel {
  readonly before: readonly number[]
  readonly threshold: number
  readonly messages: Message[] = []
  readonly states = new Map<number, AcceptorState>()
  readonly proposers: Proposer[]
  readonly #values = new Map<string, Wish>()
  /** By ballot and hash: who ever accepted it, whoever heard of that. */
  readonly #accepted = new Map<string, { value: Wish, by: Set<string> }>()
  nowMs = 1_000_000

  constructor (before: readonly number[], threshold: number, wishes: readonly Wish[]) {
    this.before = before
    this.threshold = threshold
    this.proposers = wishes.map(wish => ({ wish, lastRound: 0, promises: new Map(), accepts: new Set() }))
    for (const wish of wishes) this.#values.set(wish.hash, wish)
  }

  /** Hashes that are decided, by what all have accepted. */
  get decided (): string[] {
    const hashes = [...this.#accepted.values()].filter(({ value, by }) => isDecided(by, this.electorate(value))).map(({ value }) => value.hash)
    return [...new Set(hashes)]
  }

  electorate ({ after }: Wish): Electorate {
    const side = (members: readonly number[]): Electorate['before'] => ({ members: new Set(members.map(String)), quorum: quorum(this.threshold, members.length) })
    return { before: side(this.before), after: side(after) }
  }

  /** A new ballot; after a crash nothing is remembered but the time. */
  begin (i: number, crashed: boolean): void {
    const proposer = this.proposers[i]!
    if (crashed) proposer.lastRound = 0
    const round = nextRound(this.nowMs, proposer.lastRound)
    const ballot = { round, proposer: Uint8Array.of(i) }
    Object.assign(proposer, { ballot, lastRound: round, promises: new Map(), accepts: new Set(), value: undefined })
    for (const to of this.before) this.messages.push({ what: 'prepare', to, from: i, ballot })
  }

  deliver (at: number, keep = false): void {
    const [message] = keep ? [this.messages[at]] : this.messages.splice(at, 1)
    if (message == null) return
    if (message.what === 'prepare' || message.what === 'propose') this.#atHolder(message)
    else this.#atProposer(message)
  }

  /** Everything that is on its way, in order, and what comes of it. */
  settle (): void {
    while (this.messages.length > 0) this.deliver(0)
  }

  #atHolder (message: Extract<Message, { what: 'prepare' | 'propose' }>): void {
    const { to, from, ballot } = message
    const state = this.states.get(to) ?? {}
    if (message.what === 'prepare') {
      const move = promise(state, ballot)
      if (move.state == null) return
      this.states.set(to, move.state)
      this.messages.push({ what: 'promise', to: from, from: to, ballot, state: move.state })
      return
    }
    const { value, justification } = message
    const bound = boundTo(justification)
    const name = new TextEncoder().encode(value.hash)
    if (justification.length < quorum(this.threshold, this.before.length)) throw new Error('a proposal with too few promises')
    if (bound != null && new TextDecoder().decode(bound) !== value.hash) throw new Error('a proposal that its promises do not allow')
    const move = accept(state, ballot, name)
    if (move.state == null) return
    this.states.set(to, move.state)
    const key = `${ballot.round}/${ballot.proposer[0]}/${value.hash}`
    const entry = this.#accepted.get(key) ?? { value, by: new Set() }
    this.#accepted.set(key, entry)
    entry.by.add(String(to))
    this.messages.push({ what: 'accept', to: from, from: to, ballot, value })
  }

  #atProposer (message: Extract<Message, { what: 'promise' | 'accept' }>): void {
    const proposer = this.proposers[message.to]!
    if (compareBallots(proposer.ballot, message.ballot) !== 0) return
    if (message.what === 'promise') {
      proposer.promises.set(message.from, message.state)
      if (proposer.value == null) this.#propose(message.to, proposer, message.ballot)
      return
    }
    if (proposer.value?.hash !== message.value.hash) return
    proposer.accepts.add(String(message.from))
    if (isDecided(proposer.accepts, this.electorate(message.value))) proposer.decided = message.value.hash
  }

  #propose (i: number, proposer: Proposer, ballot: Ballot): void {
    const promises = [...proposer.promises].map(([by, { accepted }]): Promised => ({
      by: String(by), ...accepted == null ? {} : { accepted: { ballot: accepted.ballot, hash: new TextDecoder().decode(accepted.manifest) } }
    }))
    const decision = decide(promises, quorum(this.threshold, this.before.length))
    if (decision.kind === 'too-few') return
    const value = decision.kind === 'free' ? proposer.wish : this.#values.get(decision.hash)!
    proposer.value = value
    const justification = decision.justification.map(by => proposer.promises.get(Number(by))!)
    for (const to of new Set([...value.after, ...this.before])) this.messages.push({ what: 'propose', to, from: i, ballot, value, justification })
  }
}
