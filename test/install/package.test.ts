import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let app: string;
let packed: readonly string[];
let version: string;

/** Packs what the run has built and installs it, as from the registry, into an empty folder. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-package-'));
  app = path.join(folder, 'app');
  await mkdir(app);
  const pack = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root });
  const [description] = JSON.parse(pack.stdout) as [{ filename: string; version: string; files: { path: string }[] }];
  packed = description.files.map((file) => file.path);
  version = description.version;
  await writeFile(path.join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const install = ['install', '--prefer-offline', '--no-fund', '--no-audit', path.join(folder, description.filename)];
  await run('npm', install, { cwd: app, maxBuffer: 2 ** 26 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function athanor(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = { ...process.env, ATHANOR_HOME: path.join(folder, 'home') };
  return run('npx', ['--no-install', 'athanor', ...args], { cwd: app, env, maxBuffer: 2 ** 26 });
}

describe('the package', () => {
  it('holds the built code, its SQL, examples and licence, and no sources or tests', () => {
    expect(packed).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json']));
    expect(packed).toContain('dist/workflows/bundle.js');
    expect(packed.filter((file) => /^dist\/activities\/store\/migrations\/\d{6}-.*\.sql$/.test(file))).not.toEqual([]);
    expect(packed).toContain('examples/branin/campaign.yaml');
    expect(packed).toContain('docs/tutorials/spreadsheet.md');
    expect(packed.filter((file) => file.startsWith('docs/api/'))).toEqual([]);
    expect(packed.filter((file) => /^(test|models|scripts|node_modules)\//.test(file))).toEqual([]);
    expect(packed.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && /^dist/.test(file))).toEqual([]);
  });

  it('gives a working command', async () => {
    expect((await athanor('--version')).stdout.trim()).toBe(version);
    const schema = JSON.parse((await athanor('schema')).stdout) as { type?: string; properties?: object };
    expect(schema.properties).toHaveProperty('fidelities');
    const example = path.join('node_modules', 'athanor', 'examples', 'branin', 'campaign.yaml');
    const { stdout } = await athanor('simulate', example, '--trials', '4', '--json');
    const document = JSON.parse(stdout) as { seeds: { trials: unknown[] }[] };
    expect(document.seeds[0]?.trials).toHaveLength(4);
    // Nothing of that needs a server, or leaves anything in the home.
    await expect(stat(path.join(folder, 'home'))).rejects.toThrow(/ENOENT/);
  });

  it('gives a library with types', async () => {
    await writeFile(
      path.join(app, 'use.ts'),
      `import { loadCampaign, runInProcess, createRegistry } from 'athanor';
       const campaign = await loadCampaign(process.argv[2] as string);
       const name: string = campaign.spec.name;
       // @ts-expect-error a campaign's name is a text
       const wrong: number = campaign.spec.name;
       console.log(JSON.stringify({ name, wrong: typeof wrong, kinds: [typeof runInProcess, typeof createRegistry] }));`,
    );
    const options = {
      strict: true,
      module: 'NodeNext',
      target: 'ES2022',
      types: ['node'],
      // Our own declarations and those that they lean on must hold in the strictest of programs.
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      outDir: 'out',
    };
    const typeRoots = [path.join(root, 'node_modules', '@types')];
    await writeFile(
      path.join(app, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...options, typeRoots }, files: ['use.ts'] }),
    );
    const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    await run(process.execPath, [compiler, '-p', app]).catch((error: { stdout: string }) => {
      throw new Error(error.stdout);
    });
    const example = path.join(app, 'node_modules', 'athanor', 'examples', 'branin', 'campaign.yaml');
    const { stdout } = await run(process.execPath, [path.join(app, 'out', 'use.js'), example], { cwd: app });
    expect(JSON.parse(stdout)).toEqual({ name: 'branin', wrong: 'string', kinds: ['function', 'function'] });
  });

  it('documents all that the library gives', async () => {
    const installed = path.join(app, 'node_modules', 'athanor');
    const entry = await readFile(path.join(installed, 'dist', 'scripts', 'library.d.ts'), 'utf8');
    expect(entry).toMatch(/\/\*\*/);
    expect(await readdir(installed)).toEqual(expect.arrayContaining(['LICENSE', 'dist', 'examples']));
  });
});
