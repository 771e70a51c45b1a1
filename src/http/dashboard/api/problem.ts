import type { Problem } from '../../schemas/common.ts'

/** Why the node did not do what it was asked, in words for people. */
export class ApiProblem extends Error {
  /** Stable, such as `BANS_TARGET_INVALID`. */
  readonly code: string
  /** What to do. */
  readonly fix?: string
  /** Of HTTP; absent when no answer came. */
  readonly status?: number

  constructor ({ code, detail, fix, status }: Pick<Problem, 'code' | 'detail' | 'fix'> & { status?: number }) {
    super(detail)
    this.name = 'ApiProblem'
    this.code = code
    this.fix = fix
    this.status = status
  }
}

/** Of an answer that is not what was asked for. */
export async function problemOf (response: Response): Promise<ApiProblem> {
  const { status } = response
  if (/^application\/(?:problem\+)?json\b/.test(response.headers.get('content-type') ?? '')) {
    const { code, detail, fix } = await response.json() as Partial<Problem>
    if (code != null && detail != null) return new ApiProblem({ code, detail, fix, status })
  }
  return new ApiProblem({ code: 'HTTP_' + status, detail: `The node answered ${status} ${response.statusText}`.trim(), fix: 'Look into its log, and try again', status })
}

/** Of anything that was thrown. */
export function asProblem (error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error
  return new ApiProblem({ code: 'DASHBOARD_FAILED', detail: error instanceof Error ? error.message : String(error), fix: 'Load the page again' })
}
