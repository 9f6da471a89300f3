import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AthanorError } from '../../models/domain/errors.js';
import { endProcess, isRunning, startDetached, until } from '../local/process.js';
import { safeStopFolder } from '../safe-stop/place.js';
import { type StopdPlace, type StopdSettings, stopdPlace } from './stopd-place.js';

/** How long it may take to begin, milliseconds: a machine that is busy starts programs slowly. */
const beginMs = 120_000;
const endSignals: [NodeJS.Signals, number][] = [
  ['SIGTERM', 5_000],
  ['SIGKILL', 5_000],
];

/** The stop process of a home, as whoever wants it found or started it. */
export interface KeptStopd {
  readonly port: number;
  /** Whether it was started by this. */
  readonly isOwn: boolean;
}

/**
 * Has a home have its stop process: one that is there and serves these pages stays, else another takes its place. It is detached, and
 * outlives whoever started it.
 *
 * @param wanted.port - 0 for any that is free
 * @param environment - with the home, and the secrets of the instruments
 * @throws {AthanorError} SERVICE_UNAVAILABLE, with what it said last, if it does not begin
 */
export async function keepStopd(
  jobs: string,
  wanted: StopdSettings,
  environment: NodeJS.ProcessEnv,
): Promise<KeptStopd> {
  const there = await liveStopd(jobs);
  if (there !== null && fits(there, wanted)) return { port: there.port, isOwn: false };
  if (there !== null) await endProcess(there, endSignals);
  const { host, port, names, pages } = wanted;
  const folder = safeStopFolder(jobs);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logFile = path.join(folder, 'stopd.log');
  const built = import.meta.url.endsWith('.ts') ? '../../dist/scripts/cli.js' : '../cli.js';
  const program = fileURLToPath(new URL(built, import.meta.url));
  const more = [...names.flatMap((name) => ['--name', name]), ...pages.flatMap((page) => ['--page', page])];
  const child = await startDetached(
    process.execPath,
    [program, 'stopd', '--host', host, '--port', `${port}`, ...more],
    {
      ...{ logFile, cwd: folder, env: environment },
    },
  );
  let place: StopdPlace | null = null;
  await until(async () => {
    place = await liveStopd(jobs);
    return place?.pid === child.pid || !(await isRunning(child));
  }, beginMs);
  place = await liveStopd(jobs);
  if (place?.pid === child.pid) return { port: place.port, isOwn: true };
  const said = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').at(-1) ?? '';
  throw new AthanorError('SERVICE_UNAVAILABLE', `the stop process does not begin: ${said} (${logFile})`);
}

/** The stop process of a home, if it runs. */
async function liveStopd(jobs: string): Promise<StopdPlace | null> {
  const place = stopdPlace(jobs);
  return place !== null && (await isRunning(place)) ? place : null;
}

function fits(there: StopdPlace, { host, port, names, pages }: StopdSettings): boolean {
  return (
    there.host === host &&
    (port === 0 || there.port === port) &&
    names.every((name) => there.names.includes(name)) &&
    pages.every((page) => there.pages.includes(page))
  );
}

/** Ends the stop process of a home. @returns whether there was one */
export async function endStopd(jobs: string): Promise<boolean> {
  const there = await liveStopd(jobs);
  return there !== null && (await endProcess(there, endSignals));
}
