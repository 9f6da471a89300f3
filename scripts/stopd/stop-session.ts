import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { linkSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { roleSchema } from '../../models/domain/roles.js';
import { safeStopFolder, writeDurably } from '../safe-stop/place.js';

/** Name of the cookie by which the stop process knows a browser. */
export const stopCookie = 'athanor_stop';

const sessionSchema = z.strictObject({
  who: z.string(),
  role: roleSchema,
  /** When it was given, and until when it is good, milliseconds since 1970. */
  at: z.number(),
  until: z.number(),
});

/** Who somebody is to the stop process, which asks no server: what the session of the API was when this was given. */
export type StopSession = Readonly<z.infer<typeof sessionSchema>>;

/**
 * The key by which sessions are sealed, in the home; made where there is none.
 * @throws {Error} of the file system
 */
export function stopKey(jobs: string): Buffer {
  const file = path.join(safeStopFolder(jobs), 'stopd.key');
  const found = keyIn(file);
  if (found !== null) return found;
  const fresh = `${file}.${randomBytes(6).toString('hex')}`;
  writeDurably(fresh, randomBytes(32).toString('base64url'));
  try {
    // Of two that make one at the same time the first stays.
    linkSync(fresh, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  return keyIn(file) ?? fail(file);
}

function keyIn(file: string): Buffer | null {
  try {
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
    return key.length === 32 ? key : fail(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function fail(file: string): never {
  throw new Error(`${file} holds no key of 32 bytes; remove it, and browsers get new sessions from the API`);
}

/** A session as a cookie carries it. */
export function sealSession(key: Buffer, session: StopSession): string {
  const body = Buffer.from(JSON.stringify(session)).toString('base64url');
  return `${body}.${sealOf(key, body)}`;
}

/** Whose session a cookie is; null where it is none of ours, or over. */
export function openSession(key: Buffer, cookie: string | undefined, now: number): StopSession | null {
  const [body = '', seal = ''] = cookie?.split('.') ?? [];
  const own = Buffer.from(sealOf(key, body));
  const given = Buffer.from(seal);
  if (own.length !== given.length || !timingSafeEqual(own, given)) return null;
  const session = sessionSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  return session.success && session.data.until > now ? session.data : null;
}

function sealOf(key: Buffer, body: string): string {
  return createHmac('sha256', key).update(`stop-session.${body}`).digest('base64url');
}
