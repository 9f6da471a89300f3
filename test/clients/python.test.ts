import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { pythonCounterpart } from '../support/counterparts.js';
import { createTestDatabase, testNamespace, testTemporal } from '../support/services.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const source = join(root, 'clients/python');
const python = await pythonCounterpart(
  'httpx==0.28.1',
  'pydantic==2.14.4',
  'pandas==3.1.1',
  'pytest==9.2.0',
  'hypothesis==6.135.32',
  'hypothesis-jsonschema==0.23.1',
  'jsonschema==4.26.0',
  'nbclient==0.11.0',
  'ipykernel==7.4.0',
  'hatchling==1.33.0',
);
const lacking = 'lacking' in python ? python.lacking : null;
if (lacking !== null) console.warn(`the Python client is not tested: ${lacking}`);

test.skipIf(lacking !== null)(
  'the Python client is built and installed, and runs against a real server that it started',
  async () => {
    const { bin } = python as { bin: string };
    const folder = await mkdtemp(join(tmpdir(), 'athanor-python-'));
    const database = await createTestDatabase();
    try {
      await cp(source, join(folder, 'client'), {
        recursive: true,
        filter: (from) => !/__pycache__|\.(pytest|mypy)_cache/.test(from),
      });
      const cwd = join(folder, 'client');
      const build = ['-m', 'pip', 'wheel', '--quiet', '--no-deps', '--no-build-isolation', '--wheel-dir', folder, cwd];
      await run(join(bin, 'python'), build, { cwd });
      const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'))!;
      const installed = join(folder, 'site');
      await run(join(bin, 'python'), [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--no-deps',
        '--target',
        installed,
        join(folder, wheel),
      ]);
      expect(await readdir(join(installed, 'athanor'))).toContain('py.typed');
      // What is tested is what was installed.
      await rm(join(cwd, 'src'), { recursive: true });
      await cp(join(installed, 'athanor'), join(cwd, 'src/athanor'), { recursive: true });
      const { address } = await testTemporal();
      const env = {
        ...process.env,
        PATH: `${bin}:${process.env.PATH}`,
        PYTHONPATH: installed,
        ATHANOR_COMMAND: `'${process.execPath}' '${join(root, 'dist/scripts/cli.js')}'`,
        ATHANOR_HOME: join(folder, 'home'),
        DATABASE_URL: database.url,
        TEMPORAL_ADDRESS: address,
        TEMPORAL_NAMESPACE: await testNamespace(address, 'python'),
        IPYTHONDIR: join(folder, 'ipython'),
      };
      const pytest = ['-m', 'pytest', '-q', '-x', '-p', 'no:cacheprovider', '-W', 'error::ResourceWarning'];
      const told = await run(join(bin, 'python'), pytest, { cwd, env, maxBuffer: 2 ** 26 }).catch(
        (error: { stdout: string; stderr: string }) => {
          throw new Error(`${error.stdout}\n${error.stderr}`);
        },
      );
      expect(told.stdout).toMatch(/\d+ passed/);
      expect(told.stdout).not.toMatch(/skipped|failed/);
    } finally {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
