type Hook = (...args: never[]) => boolean | Promise<boolean>
type Ask = (...args: unknown[]) => boolean | Promise<boolean>

/** What the method says with `true`: that something is denied, or that it is kept. */
export type HookMeaning = 'denies' | 'keeps'

/** What stands in for a method: asks everybody who has a veto, then the method it stands for. */
interface Chain {
  (...args: unknown[]): boolean | Promise<boolean>
  vetoes: Set<{ denies (...args: unknown[]): boolean }>
  original: unknown
  /** Somebody may have taken it as it is: it is never taken away again. */
  stays: boolean
}

/**
 * Gives `denies` a say before the method `name` of `target`, whose `true` means what `meaning` says. Several may have a
 * say, in the order they came, and leave in any order; with the last of them the method is as it was. Returns how to leave.
 */
export function addVeto<T extends object, K extends keyof T> (
  target: T, name: K, denies: (...args: Parameters<Extract<T[K], Hook>>) => boolean, meaning: HookMeaning = 'denies'
): () => void {
  const chain = chainOf(target, name, meaning)
  const veto = { denies: denies as (...args: unknown[]) => boolean }
  chain.vetoes.add(veto)
  return () => {
    chain.vetoes.delete(veto)
    // whoever replaced the method meanwhile keeps it
    if (chain.vetoes.size === 0 && !chain.stays && target[name] === chain as unknown) target[name] = chain.original as T[K]
  }
}

/** For a method that is taken from `target` before anybody can have a say: whoever took it then hears of later vetoes, too. */
export function openToVetoes<T extends object> (target: T, name: keyof T, meaning: HookMeaning = 'denies'): void {
  chainOf(target, name, meaning).stays = true
}

function chainOf<T extends object> (target: T, name: keyof T, meaning: HookMeaning): Chain {
  const known = target[name] as unknown
  if (isChain(known)) return known
  const chain = makeChain(target, known, meaning === 'keeps')
  target[name] = chain as T[keyof T]
  return chain
}

function makeChain (target: object, original: unknown, keeps: boolean): Chain {
  const vetoes: Chain['vetoes'] = new Set()
  // without a promise where none is needed: libp2p asks for every address of a peer whenever it hears of it
  const ask: Ask = (...args) => {
    for (const { denies } of vetoes) if (denies(...args)) return !keeps
    return typeof original === 'function' ? (original as Ask).apply(target, args) : keeps
  }
  return Object.assign(ask, { vetoes, original, stays: false })
}

function isChain (value: unknown): value is Chain {
  return typeof value === 'function' && 'vetoes' in value && value.vetoes instanceof Set
}
