import pg from 'pg';
import { markRow, type StoreMark } from './mark-row.js';

/** Runs one statement. Parameters are sent apart from the SQL. */
export type Query = (sql: string, parameters?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/**
 * A PostgreSQL store. Every write the project makes is idempotent, so a lost connection is answered by doing the whole
 * transaction again, a few times over a second or two; after that the error is passed on and the caller (Temporal, a
 * person) decides how long to wait.
 */
export interface Store {
  readonly query: Query;
  /** All statements of `work` or none. */
  transaction<T>(work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
  /** For what needs one connection of its own: migrations, locks. */
  readonly pool: pg.Pool;
}

/** Whether a database that stands there must not be worked with. */
type Refuses = (mark: StoreMark) => boolean;

const readingMark = 'SELECT id, life, beats FROM store_mark WHERE id IS NOT NULL';

/**
 * How long a transaction may wait for its own process, milliseconds: the locks of one that is suspended (stopped, a machine that
 * sleeps) would hold up all others for as long as that lasts. The server ends it, and whoever wakes does it again.
 */
const idleLimitMs = 30_000;

const retryDelaysMs = [50, 250, 1_000];

/**
 * Opens a store; connections are made when first needed.
 *
 * @param databaseUrl - `postgres://user:password@host:port/database`
 * @param options.refuses - asked by each new connection and transaction, whose database may be another than before; what is refused
 *   counts as away
 */
export function openStore(
  databaseUrl: string,
  options: { readonly connections?: number; readonly refuses?: Refuses; readonly idleLimitMs?: number } = {},
): Store {
  const { refuses } = options;
  const begin = `BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${options.idleLimitMs ?? idleLimitMs}`;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.connections ?? 8,
    connectionTimeoutMillis: 10_000,
    query_timeout: 120_000,
    keepAlive: true,
    application_name: 'athanor',
    ...(refuses === undefined ? {} : { verify: (client, told) => void verified(client, refuses).then(told, told) }),
  });
  // A connection that breaks while idle is dropped by the pool; the next statement opens another.
  pool.on('error', () => undefined);
  const query: Query = async (sql, parameters = []) =>
    insist(async () => (await pool.query(sql, [...parameters])).rows as Record<string, unknown>[]);
  return {
    pool,
    query,
    transaction: (work) => insist(() => runTransaction(pool, { begin, work, refuses })),
    close: () => pool.end(),
  };
}

/** Why a connection is not to be used; undefined where it is. */
async function verified(client: pg.PoolClient, refuses: Refuses): Promise<Error | undefined> {
  // Before its migration, or cut off again: then its first statement says so.
  const found = await client.query(readingMark).catch(() => null);
  const mark = found?.rows[0];
  return mark === undefined || !refuses(markRow.parse(mark)) ? undefined : isRestored();
}

function isRestored(): Error {
  return Object.assign(new Error('the database is an older state of itself, which was restored'), { code: '57P03' });
}

async function runTransaction<T>(
  pool: pg.Pool,
  given: { begin: string; work: (query: Query) => Promise<T>; refuses: Refuses | undefined },
): Promise<T> {
  const { begin, work, refuses } = given;
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection that breaks between two statements would end the process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    await client.query(begin);
    if (refuses !== undefined) {
      const [mark] = (await client.query(readingMark)).rows;
      if (mark !== undefined && refuses(markRow.parse(mark))) throw isRestored();
    }
    const result = await work(
      async (sql, parameters = []) => (await client.query(sql, [...parameters])).rows as Record<string, unknown>[],
    );
    await client.query('COMMIT');
    return result;
  } catch (error) {
    // Of a connection that broke between two statements the next one says only that it cannot be used.
    if (broken !== undefined) throw broken;
    if (isConnectionLoss(error)) broken = error as Error;
    else await client.query('ROLLBACK').catch((e: Error) => (broken = e));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

async function insist<T>(attempt: () => Promise<T>): Promise<T> {
  for (const delay of retryDelaysMs) {
    try {
      return await attempt();
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  return attempt();
}

const lossCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const lossMessages = /Connection terminated|timeout exceeded when trying to connect|Query read timeout|socket hang up/i;

/**
 * Whether an error means that the database cannot be reached or is not ready now, and the same statement may succeed
 * later: connection trouble, a server that is starting or stopping, no free connection, no room, a serialisation clash,
 * a transaction that the server ended as its process let it wait.
 */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.some(isConnectionLoss)) return true;
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string') return lossCodes.has(code) || /^(08|53|57P|40|25P03)/.test(code);
  return lossMessages.test(error.message);
}
