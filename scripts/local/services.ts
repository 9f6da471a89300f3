import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { withoutPassword } from '../../models/domain/redaction.js';
import type { Config } from '../config.js';
import type { TemporalAccess } from '../durable/temporal-access.js';
import { homeError, prepareHome } from '../home.js';
import { endGuard } from '../safe-stop/guard-client.js';
import { endStopd } from '../stopd/keep-stopd.js';
import { withLock } from './lock.js';
import { adoptPostgres, checkPostgres, connectionsTo, findPostgres, startPostgres, stopPostgres } from './postgres.js';
import { isRunning, type ProcessId, until } from './process.js';
import { readState, updateState } from './state.js';
import {
  adoptTemporal,
  checkTemporal,
  findTemporal,
  startTemporal,
  stopTemporal,
  temporalProgram,
} from './temporal.js';
import { UnavailableError } from './unavailable-error.js';

/** The servers that a command works with. */
export interface Services {
  readonly databaseUrl: string;
  /** host:port */
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly temporalAccess: TemporalAccess;
  /** Temporal's page for people; null where the server is somebody else's. */
  readonly temporalUi: string | null;
  /** For people, a line for each server: which one is used, and whether it was started just now. */
  readonly notes: readonly string[];
}

/** How long to wait while another command starts the servers, which may include a download. */
const lockDeadlineMs = 600_000;

/**
 * Makes sure that PostgreSQL and a Temporal server run, and says where. Those given by the environment are checked and
 * used as they are; else the home's own are found, or started detached, so that they outlive this command.
 *
 * @param log - told a line before anything that takes more than a moment
 * @param unasked - whether servers that a person has ended meanwhile stay so
 * @throws {UnavailableError} if one cannot be had; names the fix
 * @throws {HomeError} if the home is read-only or full
 */
export async function ensureServices(
  config: Config,
  log: (line: string) => void = () => undefined,
  unasked = false,
): Promise<Services> {
  if (!unasked) await wantServers(config, log);
  const postgres = await ensurePostgres(config, log, unasked);
  const temporal = await ensureTemporal(config, log, unasked);
  return {
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
    temporalNamespace: config.temporalNamespace,
    temporalAccess: config.temporalAccess,
    temporalUi: temporal.ui,
    notes: [postgres.note, temporal.note],
  };
}

/** PostgreSQL alone, for commands that only read the store; see `ensureServices`. */
export async function ensurePostgres(
  config: Config,
  log: (line: string) => void = () => undefined,
  unasked = false,
): Promise<{ url: string; note: string }> {
  if (config.databaseUrl !== null) {
    const { version } = await checkPostgres(config.databaseUrl);
    return {
      url: config.databaseUrl,
      note: `PostgreSQL ${version}: ${withoutPassword(config.databaseUrl)} (DATABASE_URL)`,
    };
  }
  const home = await homeFolder(config, log);
  const running = (await readState(home)).postgres === null ? null : await findPostgres(home);
  if (running !== null) return { url: running, note: `PostgreSQL: the one in ${home}, running` };
  return withLock(home, lockDeadlineMs, async () => {
    if (unasked) await mustBeWanted(home);
    const meanwhile = await findPostgres(home);
    if (meanwhile !== null) await adoptPostgres(home);
    if (meanwhile !== null) return { url: meanwhile, note: `PostgreSQL: the one in ${home}, running` };
    log(`PostgreSQL: starting the one in ${home}`);
    return { url: await startPostgres(home), note: `PostgreSQL: the one in ${home}, started` };
  });
}

/** A Temporal server alone; see `ensureServices`. */
export async function ensureTemporal(
  config: Config,
  log: (line: string) => void = () => undefined,
  unasked = false,
): Promise<{ address: string; ui: string | null; note: string }> {
  const { temporalAddress, temporalNamespace } = config;
  if (temporalAddress !== null) {
    const { version } = await checkTemporal(temporalAddress, temporalNamespace, config.temporalAccess);
    return {
      address: temporalAddress,
      ui: null,
      note: `Temporal ${version}: ${temporalAddress} (TEMPORAL_ADDRESS), namespace ${temporalNamespace}`,
    };
  }
  const home = await homeFolder(config, log);
  const found = async () => {
    const running = await findTemporal(home);
    return running && { ...running, note: `Temporal: the local server of ${home} at ${running.address}, running` };
  };
  const isRecorded = (await readState(home)).temporal !== null;
  return (
    (isRecorded ? await found() : null) ??
    withLock(home, lockDeadlineMs, async () => {
      if (unasked) await mustBeWanted(home);
      await updateState(home, { ended: false });
      await adoptTemporal(home);
      const meanwhile = await found();
      if (meanwhile !== null) return meanwhile;
      const program = await temporalProgram(home, log);
      log(`Temporal: starting a local server, ${program.version}, ${program.origin}`);
      const started = await startTemporal(home, program, temporalNamespace);
      return {
        ...started,
        note: `Temporal: a local server at ${started.address}, started; program ${program.version}, ${program.origin}`,
      };
    })
  );
}

/** Takes back that a person ended the servers of the home, before anything is started: so nobody ends it again. */
async function wantServers(config: Config, log: (line: string) => void): Promise<void> {
  if (config.databaseUrl !== null && config.temporalAddress !== null) return;
  const home = await homeFolder(config, log);
  if ((await readState(home)).ended === true)
    await withLock(home, lockDeadlineMs, () => updateState(home, { ended: false }));
}

/** Whether a person ended the servers of the home (`athanor down`), so that nobody starts them unasked. */
export async function areEnded({ home, databaseUrl, temporalAddress }: Config): Promise<boolean> {
  if (databaseUrl !== null && temporalAddress !== null) return false;
  const folder = await realpath(home).catch(() => null);
  return folder !== null && (await readState(folder)).ended === true;
}

/** Call it under the home's lock, which who ends the servers holds, too. */
async function mustBeWanted(home: string): Promise<void> {
  if ((await readState(home)).ended === true)
    throw new UnavailableError("the servers were ended by a person ('athanor down')");
}

/** What runs already, without starting or changing anything; null for what does not. */
export async function findServices(
  config: Config,
): Promise<{ databaseUrl: string | null; temporalAddress: string | null; temporalUi: string | null }> {
  const home = await realpath(config.home).catch(() => config.home);
  const temporal = config.temporalAddress === null ? await findTemporal(home) : null;
  return {
    databaseUrl: config.databaseUrl ?? (await findPostgres(home)),
    temporalAddress: config.temporalAddress ?? temporal?.address ?? null,
    temporalUi: temporal?.ui ?? null,
  };
}

/** Ends the local servers of a home, whoever started them; says which were running. Data stay. */
export async function stopServices(home: string): Promise<{ postgres: boolean; temporal: boolean }> {
  const folder = await realpath(home).catch(() => null);
  if (folder === null) return { postgres: false, temporal: false };
  return withLock(folder, lockDeadlineMs, async () => {
    const isUsed = await stat(path.join(folder, 'services.json')).catch(() => null);
    if (isUsed !== null) await updateState(folder, { ended: true });
    await endGuard(folder);
    await endStopd(folder);
    return { temporal: await stopTemporal(folder), postgres: await stopPostgres(folder) };
  });
}

/**
 * Ends PostgreSQL again where a person had ended the servers of a home, and it was started since to read the store: unless
 * others are connected, who then do so.
 *
 * @param log - told what became of it
 */
export async function leaveEnded(config: Config, log: (line: string) => void): Promise<void> {
  const home = await realpath(config.home).catch(() => null);
  if (config.databaseUrl !== null || home === null || (await readState(home)).ended !== true) return;
  await withLock(home, lockDeadlineMs, async () => {
    const url = (await readState(home)).ended === true ? await findPostgres(home) : null;
    if (url === null) return;
    // A connection that was closed a moment ago is still among them.
    let others = 0;
    await until(async () => {
      others = await connectionsTo(url);
      return others === 0;
    }, 2_000);
    if (others > 0) return log('PostgreSQL: left running, as others use it');
    await stopPostgres(home);
    log('PostgreSQL: ended again, as it was before');
  });
}

/**
 * The home's own servers that ought to run and do not: those that were started once, are not given by the environment, and
 * were not ended by a person. Costs a look at two processes.
 *
 * @param thorough - asks the servers themselves, too, as one that hangs has a process
 */
export async function deadServers(config: Config, thorough = false): Promise<('PostgreSQL' | 'Temporal')[]> {
  const home = await realpath(config.home).catch(() => null);
  if (home === null) return [];
  const { postgres, temporal, ended } = await readState(home);
  if (ended === true) return [];
  const dead: ('PostgreSQL' | 'Temporal')[] = [];
  const isDead = async (server: ProcessId | null, folder: string, find: () => Promise<unknown>) => {
    if (server !== null && !thorough) return !(await isRunning(server));
    return (await stat(path.join(home, folder)).catch(() => null)) !== null && (await find()) === null;
  };
  if (config.databaseUrl === null && (await isDead(postgres, 'postgres', () => findPostgres(home))))
    dead.push('PostgreSQL');
  if (config.temporalAddress === null && (await isDead(temporal, 'temporal', () => findTemporal(home))))
    dead.push('Temporal');
  return dead;
}

/** The home, made if absent, with links resolved, so that all commands name it alike. */
async function homeFolder(config: Config, log: (line: string) => void): Promise<string> {
  await prepareHome(config.home, log);
  return realpath(config.home).catch((error: unknown) => {
    throw homeError(config.home, error);
  });
}
