import { boolean, path } from '../../../config/value-types.ts'
import { list, one, optional } from '../../../config/option.ts'
import { systemClock } from '../../../util/clock.ts'
import { UsageError } from '../../argv.ts'
import { client, needed } from '../../command.ts'
import { cut } from '../../text.ts'
import { DeclinedError, confirm } from '../input.ts'
import { peerIdOf, vaultIdOf } from '../names.ts'
import { count } from '../output.ts'
import { checkNewFile, readSecretFrom, writeSecret } from '../secret.ts'
import { HELD_COLUMNS, VAULT_COLUMNS, describeLog, describeStatus, describeVault } from '../vault-views.ts'
import { FLAGS, longCall } from '../vault-call.ts'
import { anyText, holderCount, peerName, span, spanOrNever, thresholdCount, vaultName } from '../value-types.ts'
import type { AmendRequest, OpenAnswer, ReshareRequest, RevokeAnswer, StoreRequest, UpdateRequest, Vault, VaultList, VaultLog, VaultStatus } from '../../../http/schemas/shards.ts'
import type { Call, ClientCommand } from '../../command.ts'
import type { ApiClient } from '../api-client.ts'

const VAULT = { id: needed(vaultName, 'the id of a vault, or its beginning') }
const SECRET = { file: needed(path, 'the file with the secret; - reads standard input, without showing it on a terminal') }
const VAULT_JSON = 'one object: the vault'

const store = client({
  summary: 'leave a secret with peers: a threshold of them opens it',
  about: 'It is encrypted here. Holders are chosen by standing and by what they may fail together with. Only the owner\'s key opens it: keep owner-key.json of the data directory, too.',
  example: 'shards store ./wallet.key --threshold 3 --holders 5 --label wallet',
  arguments: SECRET,
  flags: {
    threshold: one(thresholdCount, 6, 'how many holders open it'),
    holders: one(holderCount, 10, 'how many hold a share'),
    at: list(peerName, [], 'a holder, by its peer id or its end; chosen by this node where none is named'),
    label: optional(anyText, 'what it is, for its owner'),
    expires: optional(span, 'holders delete it after that time'),
    ...FLAGS
  },
  json: VAULT_JSON,
  run: async ({ api, out, args, flags }) => {
    const secret = await readSecretFrom(args.file, out)
    const vault = await longCall<Vault>({ api, out, timeoutMs: flags.timeout }, 'post', '/v1/shards', {
      base64: secret.toString('base64'),
      threshold: flags.threshold,
      holders: await holdersOf(api, flags.at) ?? flags.holders,
      ...flags.label == null ? {} : { label: flags.label },
      ...flags.expires == null ? {} : { expiresAt: systemClock.now() + flags.expires }
    } satisfies StoreRequest)
    out.answer(vault, p => [`${p.green('stored')} as ${vault.id}`, `${vault.threshold} of ${count(vault.holders.length, 'holder')} open it: shards open ${vault.id.slice(0, 8)}`])
  }
})

const open = client({
  summary: 'get a secret back',
  about: 'It goes to a file that only you can read, or to a program behind a pipe; to the terminal only with --show.',
  example: 'shards open 3f9a01c2 --out ./wallet.key',
  aliases: ['shards recover'],
  arguments: VAULT,
  flags: {
    out: optional(path, 'the file to write; it must not be there yet'),
    show: one(boolean, false, 'show it on the terminal'),
    ...FLAGS
  },
  json: 'one object: id, base64, text where it is text; with --out: id, path, bytes',
  run: async ({ api, out, args, flags }) => {
    if (flags.out != null) await checkNewFile(flags.out)
    else if (out.live && !flags.show) throw new UsageError('this would show the secret on the terminal', 'write it to a file with --out FILE, or add --show')
    const id = await vaultIdOf(api, args.id)
    const answer = await longCall<OpenAnswer>({ api, out, timeoutMs: flags.timeout }, 'post', `/v1/shards/${id}/open`)
    await writeSecret({ id, ...answer }, flags.out, out)
  }
})

const update = client({
  summary: 'put another secret into a vault',
  about: 'Its holders and its threshold stay.',
  example: 'shards update 3f9a01c2 ./wallet.key',
  arguments: { ...VAULT, ...SECRET },
  flags: FLAGS,
  json: VAULT_JSON,
  run: async (call) => {
    const secret = await readSecretFrom(call.args.file, call.out)
    await change(call, 'update', { base64: secret.toString('base64') } satisfies UpdateRequest)
  }
})

const listVaults = client({
  summary: 'list the secrets of this node\'s owner, and those that it holds for others',
  about: 'What this node knows of; --search asks holders that can be found, too.',
  example: 'shards list --search',
  arguments: {},
  flags: { search: one(boolean, false, 'ask the network'), ...FLAGS },
  json: 'one object: own, held, holding',
  run: async ({ api, out, flags }) => {
    const vaults = await longCall<VaultList>({ api, out, timeoutMs: flags.timeout }, 'get', '/v1/shards', { search: flags.search })
    out.answer(vaults, p => [
      p.bold('Own'), ...vaults.own.length === 0 ? ['none'] : out.table(vaults.own, VAULT_COLUMNS),
      '', p.bold('Held for others'), ...vaults.held.length === 0 ? [vaults.holding ? 'none' : 'this node holds none'] : out.table(vaults.held, HELD_COLUMNS)
    ])
  }
})

const status = client({
  summary: 'ask every holder of a secret how it is',
  about: 'Says who is healthy, and whether it could be opened now.',
  example: 'shards status 3f9a01c2',
  arguments: VAULT,
  flags: FLAGS,
  json: 'one object',
  run: async ({ api, out, args, flags }) => {
    const vault = await longCall<VaultStatus>({ api, out, timeoutMs: flags.timeout }, 'get', `/v1/shards/${await vaultIdOf(api, args.id)}`)
    out.answer(vault, () => describeStatus(vault, out))
  }
})

const audit = client({
  summary: 'have every holder prove that it has its share',
  about: 'Like status, with proofs: who lies is named.',
  example: 'shards audit 3f9a01c2',
  arguments: VAULT,
  flags: FLAGS,
  json: 'one object',
  run: async ({ api, out, args, flags }) => {
    const vault = await longCall<VaultStatus>({ api, out, timeoutMs: flags.timeout }, 'post', `/v1/shards/${await vaultIdOf(api, args.id)}/audit`)
    out.answer(vault, () => describeStatus(vault, out))
  }
})

const refresh = changing('refresh', 'give the same holders new shares', 'Old ones are worth nothing then.')
const repair = changing('repair', 'replace holders that are lost or lied', 'Nothing changes when all are well.')
const rotate = changing('rotate', 'change the key of a vault', 'Shares and exports of the old one are worth nothing for what is stored from now on.')

const reshare = client({
  summary: 'change the threshold, or the holders',
  about: 'At least one of the flags must be given.',
  example: 'shards reshare 3f9a01c2 --threshold 4 --holders 7',
  arguments: VAULT,
  flags: {
    threshold: optional(thresholdCount, 'how many holders open it'),
    holders: optional(holderCount, 'how many hold a share'),
    at: list(peerName, [], 'a holder, by its peer id or its end; chosen by this node where none is named'),
    ...FLAGS
  },
  json: VAULT_JSON,
  run: async (call) => {
    const { threshold, holders, at } = call.flags
    if (threshold == null && holders == null && at.length === 0) throw new UsageError('nothing to change', 'give --threshold, --holders or --at')
    const named = await holdersOf(call.api, at) ?? holders
    await change(call, 'reshare', {
      ...threshold == null ? {} : { threshold },
      ...named == null ? {} : { holders: named }
    } satisfies ReshareRequest)
  }
})

const amend = client({
  summary: 'change the label or the end of a vault',
  about: 'The secret and its shares stay as they are.',
  example: 'shards amend 3f9a01c2 --label "old wallet" --expires 30d',
  arguments: VAULT,
  flags: {
    label: optional(anyText, 'what it is, for its owner'),
    expires: optional(spanOrNever, 'holders delete it after that time, or never'),
    ...FLAGS
  },
  json: VAULT_JSON,
  run: async ({ api, out, args, flags: { label, expires, timeout } }) => {
    if (label == null && expires == null) throw new UsageError('nothing to change', 'give --label or --expires')
    const vault = await longCall<Vault>({ api, out, timeoutMs: timeout }, 'patch', `/v1/shards/${await vaultIdOf(api, args.id)}`, {
      ...label == null ? {} : { label },
      ...expires == null ? {} : { expiresAt: expires === 'never' ? null : systemClock.now() + expires }
    } satisfies AmendRequest)
    out.answer(vault, () => describeVault(vault, out))
  }
})

const revoke = client({
  summary: 'have all holders delete a secret',
  about: 'For good. Those that are away are told when the node meets them again. Asks first on a terminal.',
  example: 'shards revoke 3f9a01c2 --yes',
  arguments: VAULT,
  flags: { yes: one(boolean, false, 'do not ask'), ...FLAGS },
  json: 'one object: id, deletedBy',
  run: async ({ api, out, args, flags }) => {
    const id = await vaultIdOf(api, args.id)
    if (!flags.yes) {
      if (!process.stdin.isTTY) throw new UsageError(`revoking ${cut(id, 9)} cannot be undone`, 'add --yes')
      if (!await confirm(`Delete vault ${id} at all of its holders, for good?`)) throw new DeclinedError('DECLINED', 'nothing was revoked')
    }
    const { deletedBy } = await longCall<RevokeAnswer>({ api, out, timeoutMs: flags.timeout }, 'delete', `/v1/shards/${id}`)
    out.answer({ id, deletedBy }, () => `revoked: ${count(deletedBy.length, 'holder')} deleted it`)
  }
})

const log = client({
  summary: 'show what holders wrote down about a secret',
  about: 'Who asked for what, and what they decided.',
  example: 'shards log 3f9a01c2',
  arguments: VAULT,
  flags: FLAGS,
  json: 'one object: entries',
  run: async ({ api, out, args, flags }) => {
    const vaultLog = await longCall<VaultLog>({ api, out, timeoutMs: flags.timeout }, 'get', `/v1/shards/${await vaultIdOf(api, args.id)}/log`)
    out.answer(vaultLog, () => describeLog(vaultLog, out))
  }
})

export const shards = { store, open, update, list: listVaults, status, audit, refresh, repair, reshare, rotate, amend, revoke, log }

/** A change that needs nothing but the vault. */
function changing (name: 'refresh' | 'repair' | 'rotate', summary: string, about: string): ClientCommand {
  return client({ summary, about, example: `shards ${name} 3f9a01c2`, arguments: VAULT, flags: FLAGS, json: VAULT_JSON, run: async (call) => { await change(call, name, {}) } })
}

/** Undefined when none is named: the node chooses them. */
async function holdersOf (api: ApiClient, names: readonly string[]): Promise<string[] | undefined> {
  return names.length === 0 ? undefined : await Promise.all(names.map(async name => await peerIdOf(api, name)))
}

async function change ({ api, out, args, flags }: Call<typeof VAULT, typeof FLAGS>, what: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const vault = await longCall<Vault>({ api, out, timeoutMs: flags.timeout }, 'post', `/v1/shards/${await vaultIdOf(api, args.id)}/${what}`, body)
  out.answer(vault, () => describeVault(vault, out))
}
