import { access, constants, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finishBuild, isBuilt } from '../../scripts/build.js';

let root: string;

async function put(file: string, content: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), content);
}

/** A project as the compiler leaves it. */
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'athanor-build-'));
  // As in a project that is installed: the bundler looks for Temporal's packages from here upwards.
  await symlink(fileURLToPath(new URL('../../node_modules', import.meta.url)), path.join(root, 'node_modules'));
  await put('tsconfig.json', '{}');
  await put('package.json', '{"type": "module"}');
  await put('activities/store/migrations/000001-first.sql', 'create table a ();');
  await put('scripts/cli.ts', '');
  await put('dist/scripts/cli.js', '#!/usr/bin/env node\n');
  await put('workflows/index.ts', '');
  await put('dist/workflows/index.js', 'export async function greet() { return "Hello"; }\n');
});

afterEach(() => rm(root, { recursive: true, force: true }));

describe('finishBuild', () => {
  it('copies SQL, bundles the workflows and makes the command executable', async () => {
    const told: string[] = [];
    await finishBuild(root, (line) => told.push(line));
    expect(await readFile(path.join(root, 'dist/activities/store/migrations/000001-first.sql'), 'utf8')).toContain(
      'table a',
    );
    expect(await readFile(path.join(root, 'dist/workflows/bundle.js'), 'utf8')).toContain('Hello');
    expect(told).toEqual([expect.stringMatching(/^workflow bundle: \d+ KB$/)]);
    await access(path.join(root, 'dist/scripts/cli.js'), constants.X_OK);
  });

  it('bundles again only if the workflows changed', async () => {
    const bundle = path.join(root, 'dist/workflows/bundle.js');
    await finishBuild(root, () => undefined);
    const first = await stat(bundle);
    await put('dist/scripts/other.js', '');
    await finishBuild(root, () => undefined);
    expect((await stat(bundle)).mtimeMs).toBe(first.mtimeMs);
    await put('dist/workflows/index.js', 'export async function part() { return 1; }\n');
    await finishBuild(root, () => undefined);
    expect(await readFile(bundle, 'utf8')).toContain('part()');
  });

  it('tells what the bundler warns of', async () => {
    await put('dist/workflows/index.js', "import 'node:fs';\nexport async function bad() {}\n");
    await expect(finishBuild(root, () => undefined)).rejects.toThrow();
  });

  it('drops output whose source is gone, and nothing else', async () => {
    await put('models/kept.ts', '');
    for (const name of ['kept', 'gone']) {
      for (const ending of ['.js', '.js.map', '.d.ts']) await put(`dist/models/${name}${ending}`, '');
    }
    await put('dist/models/table.json', '{}');
    await put('dist/activities/store/migrations/000002-gone.sql', '');
    await finishBuild(root, () => undefined);
    expect((await readdir(path.join(root, 'dist/models'))).sort()).toEqual([
      'kept.d.ts',
      'kept.js',
      'kept.js.map',
      'table.json',
    ]);
    expect(await readdir(path.join(root, 'dist/activities/store/migrations'))).toEqual(['000001-first.sql']);
    expect(await readdir(path.join(root, 'dist/workflows'))).toContain('bundle.js');
  });
});

describe('isBuilt', () => {
  it('is true until a source is changed, added or removed', async () => {
    expect(await isBuilt(root)).toBe(false);
    const rebuilt = async () => {
      await finishBuild(root, () => undefined);
      expect(await isBuilt(root)).toBe(true);
    };
    await rebuilt();
    await put('scripts/cli.ts', 'export {};');
    expect(await isBuilt(root)).toBe(false);
    await rebuilt();
    await put('scripts/new.ts', '');
    expect(await isBuilt(root)).toBe(false);
    await rebuilt();
    await rm(path.join(root, 'scripts/new.ts'));
    expect(await isBuilt(root)).toBe(false);
    await rebuilt();
    await put('activities/store/migrations/000002-second.sql', '');
    expect(await isBuilt(root)).toBe(false);
    await rebuilt();
    await put('README.md', 'not a source');
    expect(await isBuilt(root)).toBe(true);
  });
});
