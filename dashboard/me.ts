import { signal } from '@preact/signals';
import type { Role } from '../models/domain/roles.js';
import { freshness } from './live.js';

/** Who is logged in, and as what. */
export interface Me {
  readonly who: string;
  readonly role: Role;
  readonly until: number;
  readonly now: number;
  readonly seq: number;
}

/** Who looks; null until the server has said it. */
export const me = signal<Me | null>(null);

const ranks: readonly Role[] = ['viewer', 'operator', 'scientist', 'admin'];

/** Why somebody may not act that needs a role; null where they may. Nobody decides by what is old. */
export function hindrance(needed: Me['role']): string | null {
  if (freshness.value !== 'live') return 'what is shown is old: acts are off until the server is heard again';
  const role = me.value?.role ?? 'viewer';
  return ranks.indexOf(role) >= ranks.indexOf(needed) ? null : `this needs ${needed}; you are ${role}`;
}

/** What was done last from this page, in words. */
export const lastDone = signal<string | null>(null);
