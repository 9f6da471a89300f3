import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { compiledCommand } from '../internal/compiled.js';

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
 * Command that runs the conformer search in a process of its own.
 * @throws {AdapterError} if it was not built
 */
export function conformerCommand(): Promise<readonly string[]> {
  return compiledCommand(import.meta.url, 'conformer-child.js');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
