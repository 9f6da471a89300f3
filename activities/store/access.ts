import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';
import { type Role, roleSchema } from '../../models/domain/roles.js';
import type { Query } from './client.js';
import { sha256 } from './exact-json.js';

const moment = z.date().transform((date) => date.getTime());
const accessRow = z.object({
  id: z.number(),
  kind: z.enum(['login', 'session', 'token']),
  who: z.string(),
  role: roleSchema,
  name: z.string().nullable(),
  madeBy: z.string(),
  madeAt: moment,
  until: moment,
  usedAt: moment.nullable(),
});
/** Access that somebody has; times in milliseconds since 1970. Its secret is known to them alone. */
export type Access = Readonly<z.infer<typeof accessRow>>;

/** Access to be given. */
export interface NewAccess {
  readonly kind: Access['kind'];
  readonly who: string;
  readonly role: Role;
  /** Of a token, by which it is ended; null otherwise. */
  readonly name: string | null;
  readonly madeBy: string;
  readonly lastsMs: number;
}

const columns = `id::int AS id, kind, who, role, name, made_by AS "madeBy", made_at AS "madeAt", until, used_at AS "usedAt"`;
const stands = 'ended_at IS NULL AND until > now()';

/**
 * Gives access.
 * @returns the secret, which is not kept
 * @throws {AthanorError} CONFLICT if there is a token of that name
 */
export async function giveAccess(query: Query, given: NewAccess): Promise<string> {
  const secret = `athanor_${given.kind}_${randomBytes(32).toString('base64url')}`;
  const rows = await query(
    `INSERT INTO access (kind, secret_sha, who, role, name, made_by, until)
     VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7)) ON CONFLICT (name) WHERE ended_at IS NULL DO NOTHING RETURNING id`,
    [given.kind, sha256(secret), given.who, given.role, given.name, given.madeBy, given.lastsMs / 1_000],
  );
  if (rows.length === 0) throw new AthanorError('CONFLICT', `there is a token '${given.name}' already; end it first`);
  return secret;
}

/** Whose secret this is, if it stands still; null otherwise, and of logins. */
export async function accessOf(query: Query, secret: string): Promise<Access | null> {
  const [row] = await query(`SELECT ${columns} FROM access WHERE secret_sha = $1 AND kind <> 'login' AND ${stands}`, [
    sha256(secret),
  ]);
  if (row === undefined) return null;
  const access = accessRow.parse(row);
  // About when it was used will do, and a read is no write then.
  if (access.usedAt === null || Date.now() - access.usedAt > 60_000)
    await query('UPDATE access SET used_at = now() WHERE id = $1', [access.id]);
  return access;
}

/** Whether access stands still that stood before: whoever follows a stream is asked for it once only. */
export async function accessStands(query: Query, id: number): Promise<boolean> {
  const rows = await query(`SELECT 1 FROM access WHERE id = $1 AND ${stands}`, [id]);
  return rows.length > 0;
}

/** Spends a login, once. To be called in a transaction. @returns the secret of a session; null where it does not stand */
export async function spendLogin(query: Query, secret: string, lastsMs: number): Promise<string | null> {
  const [row] = await query(
    `UPDATE access SET used_at = now(), ended_at = now() WHERE secret_sha = $1 AND kind = 'login' AND ${stands} RETURNING ${columns}`,
    [sha256(secret)],
  );
  if (row === undefined) return null;
  const { who, role } = accessRow.parse(row);
  return giveAccess(query, { kind: 'session', who, role, name: null, madeBy: who, lastsMs });
}

/** Tokens and sessions that stand, newest first. */
export async function listAccess(query: Query): Promise<readonly Access[]> {
  const rows = await query(`SELECT ${columns} FROM access WHERE kind <> 'login' AND ${stands} ORDER BY id DESC`);
  return rows.map((row) => accessRow.parse(row));
}

/** Ends a token by its name, or all sessions of somebody. @returns how many were ended */
export async function endAccess(
  query: Query,
  which: { readonly token: string } | { readonly sessionsOf: string } | { readonly id: number },
  by: string,
): Promise<number> {
  const [condition, value] =
    'token' in which
      ? [`kind = 'token' AND name = $2`, which.token]
      : 'id' in which
        ? ['id = $2::bigint', which.id]
        : [`kind = 'session' AND who = $2`, which.sessionsOf];
  const rows = await query(
    `UPDATE access SET ended_at = now(), ended_by = $1 WHERE ${condition} AND ${stands} RETURNING id`,
    [by, value],
  );
  return rows.length;
}
