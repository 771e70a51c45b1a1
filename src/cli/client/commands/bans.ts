import { optional } from '../../../config/option.ts'
import { client, needed } from '../../command.ts'
import { shortId } from '../../screen.ts'
import { targetOf } from '../names.ts'
import { ago, ahead, count } from '../output.ts'
import { allPages } from '../pages.ts'
import { anyText, banTarget, spanOrForever } from '../value-types.ts'
import type { Ban, BanExplanation, BanList, BanRequest } from '../../../http/schemas/ban.ts'
import type { Output } from '../output.ts'
import type { Column } from '../table.ts'

type BanRecord = BanExplanation['history'][number]

const TARGET = needed(banTarget, 'a peer id or its end, an IP address, or a prefix like 192.0.2.0/24')

const COLUMNS: ReadonlyArray<Column<Ban>> = [
  { title: 'BANNED', of: ({ key }) => key, short: ({ kind, key }) => kind === 'peer' ? shortId(key) : key },
  { title: 'BY', of: ({ by }) => by },
  { title: 'SINCE', of: ({ sinceMs }) => ago(sinceMs), spare: 2 },
  { title: 'ENDS', of: ({ untilMs }) => ahead(untilMs) ?? 'never' },
  { title: 'STRIKES', of: ({ strikes }) => String(strikes), right: true, spare: 1 },
  { title: 'REASON', of: ({ reason }) => reason, least: 12 }
]

export const bans = client({
  summary: 'list who is banned',
  about: 'By hand, by score, or because many that misbehaved come from there; and who is never banned.',
  example: 'bans',
  arguments: {},
  flags: {},
  json: 'one object: bans, allow, total',
  run: async ({ api, out }) => {
    const list = await allPages<BanList>(api, '/v1/bans', 'bans')
    out.answer(list, (p) => [
      ...list.bans.length === 0 ? ['nobody is banned'] : out.table(list.bans, COLUMNS),
      ...list.bans.length === 0 ? [] : [p.dim(count(list.bans.length, 'ban'))],
      ...list.allow.length === 0 ? [] : [`never banned: ${list.allow.join(', ')}`]
    ])
  }
})

export const ban = client({
  summary: 'refuse a peer, an address or a prefix',
  about: 'It is disconnected and not let in again. Without --for the first ban lasts 1 h, the next in 30 days 4 h, 24 h and 7 d.',
  example: 'ban 192.0.2.0/24 --for 7d --reason "floods"',
  arguments: { target: TARGET },
  flags: {
    for: optional(spanOrForever, 'how long, like 30m, 1h, 7d or forever'),
    reason: optional(anyText, 'why, for those who wonder later')
  },
  json: 'one object: the ban',
  run: async ({ api, out, args, flags }) => {
    const body: BanRequest = { target: await targetOf(api, args.target), ...flags.for == null ? {} : { duration: flags.for }, ...flags.reason == null ? {} : { reason: flags.reason } }
    const made = await api.post<Ban>('/v1/bans', { body })
    out.answer(made, (p) => `${p.red('x')} ${made.key} is banned ${made.untilMs == null ? 'for good' : `until ${when(made.untilMs)}`}`)
  }
})

export const unban = client({
  summary: 'let a peer, an address or a prefix in again',
  about: 'A ban that the configuration has comes back with the next start.',
  example: 'unban 192.0.2.0/24',
  arguments: { target: TARGET },
  flags: {},
  json: 'one object: target',
  run: async ({ api, out, args }) => {
    const target = await targetOf(api, args.target)
    await api.delete(pathOf(target))
    out.answer({ target }, () => `${target} is no longer banned`)
  }
})

export const explain = client({
  summary: 'say why a peer or an address is, or is not, let in',
  about: 'The ban that holds, earlier ones, the evidence, and what was decided lately.',
  example: 'explain 192.0.2.7',
  arguments: { target: TARGET },
  flags: {},
  json: 'one object: target, ban, allowed, history, evidence, decisions',
  run: async ({ api, out, args }) => {
    const explanation = await api.get<BanExplanation>(pathOf(await targetOf(api, args.target)))
    out.answer(explanation, () => describe(explanation, out))
  }
})

function pathOf (target: string): string {
  return `/v1/bans/${encodeURIComponent(target)}`
}

function describe ({ target, ban, allowed, history, evidence, decisions }: BanExplanation, out: Output): string[] {
  const p = out.palette
  const verdict = allowed ? p.green('never banned: the configuration says so') : ban == null ? p.green('not banned') : p.red(`banned ${ban.untilMs == null ? 'for good' : `until ${when(ban.untilMs)}`}`)
  const lines = [`${target}: ${verdict}`]
  if (ban != null) lines.push(...out.facts({ banned: ban.key, by: ban.by, reason: ban.reason, since: ago(ban.sinceMs), strikes: ban.strikes, address: ban.host }))
  const part = (title: string, rows: string[]): void => { if (rows.length > 1) lines.push('', p.bold(title), ...rows) }
  part('Earlier', out.table<BanRecord>(history, [...COLUMNS.slice(1, 3), { title: 'ENDED', of: ({ endedMs }) => ago(endedMs) }, { title: 'HOW', of: ({ end }) => end }, { title: 'REASON', of: ({ reason }) => reason, least: 12 }]))
  part('Evidence', out.table(evidence, [{ title: 'WHEN', of: ({ timeMs }) => ago(timeMs) }, { title: 'OFFENCE', of: ({ offence }) => offence }, { title: 'CAUSE', of: ({ cause }) => cause }, { title: 'IT SENT', of: ({ sample }) => sample, least: 8, spare: 1 }]))
  part('Decisions', out.table(decisions, [{ title: 'WHEN', of: ({ timeMs }) => ago(timeMs) }, { title: 'DECISION', of: ({ decision }) => decision }, { title: 'WHERE', of: ({ where }) => where }, { title: 'WHY', of: ({ rule }) => rule, least: 20 }]))
  return lines
}

function when (timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
