import type { Query } from './client.js';

/** A request that is to be taken once, however often it is sent. */
export interface KeyedRequest {
  readonly who: string;
  /** Of the header Idempotency-Key. */
  readonly key: string;
  /** sha256 over method, path and body. */
  readonly requestSha: string;
}

/** What was answered. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
}

/** After that a request that was never answered is taken to have died with its server, seconds. */
const atWorkSeconds = 120;

/** How a request stands that is sent with a key: to be done now, done before, at work, or another under the same key. */
export type KeyState = 'mine' | 'atWork' | 'another' | KeptAnswer;

/** For so long a key is kept, as an interval. */
const keptFor = '1 day';

/** Takes a key, or says what stands under it. One that was taken more than a day ago is free. */
export async function takeKey(query: Query, { who, key, requestSha }: KeyedRequest): Promise<KeyState> {
  const taken = await query(
    `INSERT INTO kept_answer (who, key, request_sha) VALUES ($1, $2, $3)
     ON CONFLICT (who, key) DO UPDATE SET begun_at = now(), request_sha = $3, status = NULL, body = NULL
       WHERE kept_answer.begun_at < now() - interval '${keptFor}' OR kept_answer.status IS NULL AND kept_answer.request_sha = $3
         AND kept_answer.begun_at < now() - make_interval(secs => ${atWorkSeconds})
     RETURNING key`,
    [who, key, requestSha],
  );
  if (taken.length > 0) return 'mine';
  const [row] = await query(
    'SELECT request_sha AS "requestSha", status, body FROM kept_answer WHERE who = $1 AND key = $2',
    [who, key],
  );
  if (row === undefined) return takeKey(query, { who, key, requestSha });
  if (row.requestSha !== requestSha) return 'another';
  return row.status === null ? 'atWork' : { status: row.status as number, body: row.body as string };
}

/** Keeps what was answered. */
export async function keepAnswer(
  query: Query,
  { who, key }: KeyedRequest,
  { status, body }: KeptAnswer,
): Promise<void> {
  await query('UPDATE kept_answer SET status = $3, body = $4 WHERE who = $1 AND key = $2', [who, key, status, body]);
}

/** Lets a key go, as nothing was done: the same request may be sent again. */
export async function dropKey(query: Query, { who, key }: KeyedRequest): Promise<void> {
  await query('DELETE FROM kept_answer WHERE who = $1 AND key = $2 AND status IS NULL', [who, key]);
}

/** Forgets the keys that are free again. */
export async function forgetFreeKeys(query: Query): Promise<void> {
  await query(`DELETE FROM kept_answer WHERE begun_at < now() - interval '${keptFor}'`);
}
