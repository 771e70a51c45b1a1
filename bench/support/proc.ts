import { readFile } from 'node:fs/promises'

/** What the kernel says of a process. Linux only. */
export interface Usage {
  rssBytes: number
  /** User and system time so far, in seconds. */
  cpuSeconds: number
}

/** Ticks a second in /proc: `USER_HZ`, 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

export async function usage (pid: number): Promise<Usage> {
  const [stat, status] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/status`, 'utf8')])
  return parseUsage(stat, status)
}

export function parseUsage (stat: string, status: string): Usage {
  // the second field is the name in brackets and may hold blanks; utime and stime are the 14th and the 15th
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(status)
  if (rss == null) throw new Error('no VmRSS in the status of the process: it has ended')
  return {
    rssBytes: Number(rss[1]) * 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  }
}
