import { ROLES } from '../../components.ts'
import type { Role } from '../../components.ts'

/** Roles as a number: bit 0 is the first of `ROLES`, and so on. */
export function rolesToBits (roles: readonly Role[]): number {
  return roles.reduce((bits, role) => bits | (1 << ROLES.indexOf(role)), 0)
}

/** Bits that no role of this version has are left out. */
export function rolesFromBits (bits: number): Role[] {
  return ROLES.filter((_, i) => (bits & (1 << i)) !== 0)
}
