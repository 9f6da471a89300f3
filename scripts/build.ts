import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildPage } from './build-page.js';

const sourceFolders = ['workflows', 'activities', 'models', 'lab-adapters', 'scripts'];
const stampName = '.sources';

/**
 * Finishes a build after the compiler: drops what has no source any more, copies what is no TypeScript, bundles the
 * workflows for the worker and the page for browsers (only if they changed), makes the command executable, and notes what it was
 * made from.
 *
 * @param root - folder of package.json; the compiler's output is in its `dist`
 * @param log - told what was done, a line each
 */
export async function finishBuild(root: string, log: (line: string) => void): Promise<void> {
  const dist = path.join(root, 'dist');
  await dropOrphans(root, dist);
  await copySql(root, dist);
  await bundleWorkflows(dist, log);
  await buildPage(root, log);
  const command = path.join(dist, 'scripts', 'cli.js');
  if (await exists(command)) await chmod(command, 0o755);
  await writeFile(path.join(dist, stampName), `${await sourceHash(root)}\n`);
}

/** Whether `dist` was made from the sources as they are now. */
export async function isBuilt(root: string): Promise<boolean> {
  const stamp = await readFile(path.join(root, 'dist', stampName), 'utf8').catch(() => null);
  return stamp !== null && stamp.trim() === (await sourceHash(root));
}

/** One number for all that a build is made from. */
async function sourceHash(root: string): Promise<string> {
  const hash = createHash('sha256');
  const files = ['tsconfig.json', 'package-lock.json'];
  for (const folder of [...sourceFolders, 'dashboard']) {
    for (const name of await filesBelow(path.join(root, folder))) {
      if (/\.(tsx?|sql|css)$/.test(name)) files.push(path.join(folder, name));
    }
  }
  // The lock file is absent where the package is installed from the registry.
  for (const file of files) hash.update(`${file}\0`).update(await readFile(path.join(root, file)).catch(() => ''));
  return hash.digest('hex');
}

/** Output of sources that were removed or renamed would otherwise stay, and be packed. */
async function dropOrphans(root: string, dist: string): Promise<void> {
  for (const folder of sourceFolders) {
    for (const name of await filesBelow(path.join(dist, folder))) {
      const source = name.replace(/(\.js|\.d\.ts)(\.map)?$/, '.ts');
      if (source === name || name === 'bundle.js') continue;
      if (!(await exists(path.join(root, folder, source)))) await rm(path.join(dist, folder, name));
    }
  }
}

async function copySql(root: string, dist: string): Promise<void> {
  const folder = path.join('activities', 'store', 'migrations');
  const names = (await filesBelow(path.join(root, folder))).filter((name) => name.endsWith('.sql'));
  await rm(path.join(dist, folder), { recursive: true, force: true });
  await mkdir(path.join(dist, folder), { recursive: true });
  for (const name of names) await copyFile(path.join(root, folder, name), path.join(dist, folder, name));
}

async function bundleWorkflows(dist: string, log: (line: string) => void): Promise<void> {
  const entry = path.join(dist, 'workflows', 'index.js');
  if (!(await exists(entry))) return;
  const hash = createHash('sha256');
  for (const folder of ['workflows', 'models']) {
    for (const name of await filesBelow(path.join(dist, folder))) {
      if (!name.endsWith('.js') || name === 'bundle.js') continue;
      hash.update(`${folder}/${name}\0`).update(await readFile(path.join(dist, folder, name)));
    }
  }
  const worker = createRequire(import.meta.url).resolve('@temporalio/worker/package.json');
  const inputs = hash.update(await readFile(worker)).digest('hex');
  const target = path.join(dist, 'workflows', 'bundle.js');
  const stamp = path.join(dist, 'workflows', '.bundle');
  if ((await exists(target)) && (await readFile(stamp, 'utf8').catch(() => '')) === inputs) return;

  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const logger = new DefaultLogger('WARN', ({ level, message }) => log(`workflow bundle: ${level}: ${message}`));
  const { code } = await bundleWorkflowCode({ workflowsPath: entry, logger });
  await writeFile(target, code);
  await writeFile(stamp, inputs);
  log(`workflow bundle: ${Math.round(code.length / 1024)} KB`);
}

/** Files of a folder and all below it, relative to it, sorted; none if it does not exist. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

// Run as a program: `node dist/scripts/build.js [--check]`; with --check it only says by its exit code if dist is current.
if (
  process.argv[1] !== undefined &&
  import.meta.url === pathToFileURL(await realpath(process.argv[1]).catch(() => '/')).href
) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  if (process.argv.includes('--check')) process.exitCode = (await isBuilt(root)) ? 0 : 1;
  else await finishBuild(root, (line) => process.stderr.write(`${line}\n`));
}
