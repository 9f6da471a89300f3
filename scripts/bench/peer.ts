import { type ChildProcess, execFile, spawn } from 'node:child_process';
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
  /** A program that takes sizes and dimensions, and tells a row on standard error as soon as it is measured. */
  readonly script: string;
}

const rowSchema = z.object({
  n: z.int(),
  d: z.int(),
  fit: z.number(),
  likelihoodAndGradient: z.number(),
  /** By acquisition. */
  acquire: z.record(z.string(), z.number()),
});
const poolSchema = z.object({ candidates: z.int(), n: z.int(), d: z.int(), seconds: z.number() });

/** CPU seconds of the peer on one data set. */
export type PeerRow = z.infer<typeof rowSchema>;

/** What the peer measured; the pool is null where it was not waited for. */
export interface PeerFigures {
  readonly rows: readonly PeerRow[];
  readonly pool: z.infer<typeof poolSchema> | null;
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
    throw new AthanorError('PEER', `there is no peer script ${script}; name one by --peer-script`, { cause });
  });
}

/**
 * Runs the peer on one thread. Without `pool` it is ended as soon as every size and dimension has been told of.
 *
 * @param runs - rows that are told of each size
 * @throws {AthanorError} if it ends before, with the last that it had to say
 */
export async function runPeer(
  { interpreter, script }: Peer,
  sizes: readonly number[],
  dimensions: readonly number[],
  { pool, runs, log }: { pool: boolean; runs: (n: number) => number; log: (line: string) => void },
): Promise<PeerFigures> {
  const child = spawn(interpreter, [script, sizes.join(), dimensions.join()], {
    env: { ...process.env, ...oneThread },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const wanted = dimensions.length * sizes.reduce((sum, n) => sum + runs(n), 0);
  const rows: PeerRow[] = [];
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    const row = parsed(line.replaceAll("'", '"'), rowSchema);
    if (row === null) return;
    log(`peer: n = ${row.n}, d = ${row.d}`);
    if (rows.push(row) === wanted && !pool) child.kill();
  });
  const text = read(child);
  const [code] = await ended;
  if (rows.length < wanted)
    throw new AthanorError('PEER', `${script} ended with code ${code} after ${rows.length} of ${wanted} rows: ${last}`);
  return { rows, pool: parsed(await text, z.object({ pool: poolSchema }))?.pool ?? null };
}

async function read({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const part of stdout!) text += String(part);
  return text;
}

function parsed<Value>(text: string, schema: z.ZodType<Value>): Value | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
