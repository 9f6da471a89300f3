import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { finishBuild, isBuilt } from '../../scripts/build.js';
import { withLock } from '../../scripts/local/lock.js';
import { stopServices } from '../../scripts/local/services.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Campaign home of the run, in which the servers that tests ask for are started. */
    servicesHome: string;
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Before all tests: builds what tests run as programs, if sources changed, and makes a home for the servers of this run.
 * No server is started here; see services.ts. After all tests: ends them, also when the run itself was killed.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await withLock(root, 300_000, build);
  const home = await mkdtemp(path.join(os.tmpdir(), 'athanor-test-'));
  await chmod(home, 0o755);
  project.provide('servicesHome', home);
  const guard = startGuard(home);
  return async () => {
    await stopServices(home);
    await rm(home, { recursive: true, force: true });
    guard.stdin?.end();
    guard.unref();
  };
}

/** Type errors are told but do not stop the tests: `npm test` checks types before. */
async function build(): Promise<void> {
  if (await isBuilt(root)) return;
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', path.join(root, 'tsconfig.json')]).catch(
    (error: { stdout?: string }) => process.stderr.write(`${error.stdout ?? error}\n`),
  );
  await finishBuild(root, (line) => process.stderr.write(`${line}\n`));
}

/** A process that outlives a killed run just long enough to end its servers. */
function startGuard(home: string) {
  const program = `
    const { stopServices } = await import(process.argv[1]);
    const { rm } = await import('node:fs/promises');
    process.stdin.resume();
    process.stdin.on('end', async () => {
      await stopServices(process.argv[2]);
      await rm(process.argv[2], { recursive: true, force: true });
    });
    process.on('SIGINT', () => undefined);
  `;
  const services = path.join(root, 'dist', 'scripts', 'local', 'services.js');
  const guard = spawn(process.execPath, ['--input-type=module', '-e', program, services, home], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: root,
  });
  return guard;
}
