import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AdapterError } from '../../models/domain/errors.js';

/** Where Debian's package puts xtb's parameter files, which its build does not find by itself. */
const debianParameters = '/usr/share/xtb';

/** Environment of every run: one thread, so that the same input gives the same bits; no configuration of the user's. */
export function xtbEnvironment(): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    XTBPATH: process.env.XTBPATH ?? debianParameters,
    OMP_NUM_THREADS: '1',
    OPENBLAS_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
    OMP_STACKSIZE: '1G',
  };
}

/** Version of an xtb program, null if it cannot be run. */
export async function xtbVersion(program: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { env: xtbEnvironment(), timeout: 20_000 });
    return /xtb version (\S+)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Folder of xtb's parameter files, null if none of the usual ones holds them. */
export async function parameterFolder(): Promise<string | null> {
  for (const folder of xtbEnvironment().XTBPATH!.split(delimiter))
    if (await exists(join(folder, 'param_ipea-xtb.txt'))) return folder;
  return null;
}

/**
 * Command that runs the conformer search in a process of its own. Node runs only the compiled file; from the sources
 * (tests) its twin under `dist` is taken.
 * @throws {AdapterError} if that was not built
 */
export async function conformerCommand(): Promise<readonly string[]> {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.js')) return [process.execPath, join(dirname(here), 'conformer-child.js')];
  const root = join(dirname(here), '..', '..');
  const file = join(root, 'dist', relative(root, dirname(here)), 'conformer-child.js');
  if (!(await exists(file))) throw new AdapterError(`${file} is missing; run 'npm run build'`);
  return [process.execPath, file];
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
