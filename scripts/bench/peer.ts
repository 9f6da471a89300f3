import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';

/** Where another engine's latency is measured. */
export interface Peer {
  /** A Python interpreter with torch, gpytorch and botorch. */
  readonly interpreter: string;
  /** A program that reads `PeerTasks` and tells a row as a line of JSON as soon as it is measured. */
  readonly script: string;
}

/** What the peer is to measure, in its order. */
export interface PeerTasks {
  /** Starts of the acquisition's optimiser, as ours has and as the peer's own default is, and points scored before. */
  readonly restarts: number;
  readonly defaultRestarts: number;
  readonly rawPoints: number;
  /** Points (row-major) and values to be maximised; those not timed warm up. */
  readonly tasks: readonly {
    readonly n: number;
    readonly d: number;
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly timed: boolean;
  }[];
  readonly pool: { readonly candidates: number; readonly n: number; readonly d: number } | null;
}

const rowSchema = z.object({
  n: z.int(),
  d: z.int(),
  fit: z.number(),
  likelihoodAndGradient: z.number(),
  acquire: z.object({ logEI: z.number(), logEIDefault: z.number(), qLogNEI: z.number() }),
});
const poolSchema = z.object({
  pool: z.object({ candidates: z.int(), n: z.int(), d: z.int(), seconds: z.number() }),
});

/** CPU seconds of the peer on one data set. */
export type PeerRow = z.infer<typeof rowSchema>;

/** What the peer measured; the pool is null where it was not asked for. */
export interface PeerFigures {
  readonly rows: readonly PeerRow[];
  readonly pool: z.infer<typeof poolSchema>['pool'] | null;
}

const packages = ['torch', 'gpytorch', 'botorch'];

/** Numerical libraries use as many threads as these say; one, to compare CPU time with CPU time. */
const oneThread = Object.fromEntries(
  ['OMP', 'MKL', 'OPENBLAS', 'NUMEXPR'].map((library) => [`${library}_NUM_THREADS`, '1']),
);

/** @throws {AthanorError} saying which of interpreter, packages and script are missing */
export async function checkPeer({ interpreter, script }: Peer): Promise<void> {
  const find = `import importlib.util as u; print(' '.join(p for p in '${packages.join(' ')}'.split() if u.find_spec(p) is None))`;
  const { stdout } = await promisify(execFile)(interpreter, ['-c', find]).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such program' : cause.message;
    throw new AthanorError('PEER', `the peer's interpreter ${interpreter} cannot be run: ${why}`, { cause });
  });
  const missing = stdout.trim();
  if (missing !== '')
    throw new AthanorError(
      'PEER',
      `${interpreter} lacks ${missing}; install: ${interpreter} -m pip install ${missing}`,
    );
  await access(script).catch((cause: Error) => {
    throw new AthanorError('PEER', `there is no peer script ${script}`, { cause });
  });
}

/**
 * Runs the peer on one thread.
 * @throws {AthanorError} if it ends before it has told all, with the last that it had to say
 */
export async function runPeer(
  { interpreter, script }: Peer,
  tasks: PeerTasks,
  log: (line: string) => void,
): Promise<PeerFigures> {
  const child = spawn(interpreter, [script], { env: { ...process.env, ...oneThread }, stdio: 'pipe' });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const wanted = tasks.tasks.filter(({ timed }) => timed).length;
  const rows: PeerRow[] = [];
  let pool: PeerFigures['pool'] = null;
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const row = parsed(line, rowSchema);
    pool = parsed(line, poolSchema)?.pool ?? pool;
    if (row === null) return;
    log(`peer: n = ${row.n}, d = ${row.d}`);
    rows.push(row);
  });
  child.stdin.on('error', () => {}); // one that ends without reading is told of below
  child.stdin.end(JSON.stringify(tasks));
  const [code] = await ended;
  if (rows.length < wanted || (tasks.pool !== null && pool === null))
    throw new AthanorError('PEER', `${script} ended with code ${code} after ${rows.length} of ${wanted} rows: ${last}`);
  return { rows, pool };
}

function parsed<Value>(text: string, schema: z.ZodType<Value>): Value | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
