import { execFileSync } from 'node:child_process';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { prepareHome, writeFileAtomically } from '../../scripts/home.js';
import { keepResult } from '../../scripts/output-place.js';
import { runCli } from '../support/cli.js';
import { type TemporaryHome, temporaryHome } from '../support/home.js';
import { temporalProgramForTests } from '../support/services.js';

const isRoot = process.getuid?.() === 0;
const modeOf = async (at: string) => (await lstat(at)).mode & 0o777;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-private-'));
  // As where a home stands in a folder that others may look into.
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let home: string;
let count = 0;
beforeEach(() => {
  home = path.join(folder, `home-${++count}`);
});

/** Everything below a folder that others could do anything with, by the system's own tool; links say nothing. */
function openBelow(at: string): string[] {
  const found = execFileSync('find', [at, '!', '-type', 'l', '-perm', '/077', '-printf', '%m %P\\n'], {
    encoding: 'utf8',
  });
  return found.split('\n').filter(Boolean);
}

/** A home as an earlier version left it. */
async function oldHome(): Promise<void> {
  for (const name of ['', 'bin', 'temporal', 'reports', 'campaigns/c/adapters/1-f/jobs/j'])
    await mkdir(path.join(home, name), { recursive: true, mode: 0o755 });
  for (const name of ['services.json', 'temporal/temporal.db', 'reports/c.html', 'campaigns/c/adapters/1-f/starts.log'])
    await writeFile(path.join(home, name), 'text', { mode: 0o644 });
  await writeFile(path.join(home, 'bin/temporal'), '#!/bin/sh\n', { mode: 0o755 });
}

describe('a campaign home', () => {
  it('is made for one user alone, without a word', async () => {
    const lines: string[] = [];
    await prepareHome(home, (line) => lines.push(line));
    expect(await modeOf(home)).toBe(0o700);
    expect(lines).toEqual([]);
  });

  it('that was open is closed with all in it, and says so once', async () => {
    await oldHome();
    const lines: string[] = [];
    await prepareHome(home, (line) => lines.push(line));
    await prepareHome(home, (line) => lines.push(line));
    expect(lines).toEqual([expect.stringContaining(`${home} was open to other users`)]);
    expect(openBelow(home)).toEqual([]);
    expect(await modeOf(path.join(home, 'bin/temporal'))).toBe(0o700);
    expect(await modeOf(path.join(home, 'services.json'))).toBe(0o600);
  });

  it('that also holds other things keeps its own mode, and what Athanor has there is closed', async () => {
    await oldHome();
    const mine = path.join(home, 'thesis.tex');
    await writeFile(mine, 'text', { mode: 0o644 });
    const lines: string[] = [];
    await prepareHome(home, (line) => lines.push(line));
    expect(lines).toEqual([
      expect.stringMatching(/holds other things too and stays open to other users \(mode 755\)/),
      expect.stringContaining('was open to other users'),
    ]);
    expect(openBelow(home).sort()).toEqual(['644 thesis.tex', '755 ']);
  });

  it('follows no link out of itself', async () => {
    await oldHome();
    const outside = path.join(folder, 'outside');
    await mkdir(outside, { mode: 0o755 });
    await writeFile(path.join(outside, 'file'), 'text', { mode: 0o644 });
    await symlink(outside, path.join(home, 'campaigns', 'link'));
    await symlink(path.join(outside, 'file'), path.join(home, 'home.json'));
    await prepareHome(home);
    expect(await modeOf(outside)).toBe(0o755);
    expect(await modeOf(path.join(outside, 'file'))).toBe(0o644);
  });

  it.skipIf(!isRoot)('of another user is refused (skipped: needs root to make one)', async () => {
    await mkdir(home, { mode: 0o777 });
    await chown(home, 12_345, 12_345);
    await chmod(home, 0o777);
    // Root is told; anybody else is not let in.
    const lines: string[] = [];
    await prepareHome(home, (line) => lines.push(line));
    expect(lines[0]).toMatch(/belongs to uid 12345.*ATHANOR_HOME/);
    const program = new URL('../../dist/scripts/home.js', import.meta.url).href;
    const script = `process.setuid(54321); const { prepareHome } = await import(${JSON.stringify(program)});
      await prepareHome(${JSON.stringify(home)}).catch((error) => console.log(error.code, error.message));`;
    await chmod(home, 0o777);
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(said).toMatch(/^HOME .* belongs to another user \(uid 12345\).*ATHANOR_HOME/);
  });

  it.skipIf(!isRoot)("lets PostgreSQL's own user through to a cluster that it has (skipped: needs root)", async () => {
    await oldHome();
    await mkdir(path.join(home, 'postgres', 'data'), { recursive: true, mode: 0o755 });
    await chown(path.join(home, 'postgres', 'data'), 12_345, 12_345);
    await chmod(path.join(home, 'postgres', 'data'), 0o700);
    await prepareHome(home);
    expect(openBelow(home).sort()).toEqual(['710 ', '710 postgres']);
    expect((await stat(home)).gid).toBe(12_345);
    execFileSync('ls', [path.join(home, 'postgres', 'data')], { uid: 12_345, gid: 12_345 });
    expect(() =>
      execFileSync('ls', [path.join(home, 'postgres', 'data')], { uid: 12_346, gid: 12_346, stdio: 'ignore' }),
    ).toThrow();
    expect(() => execFileSync('ls', [home], { uid: 12_345, gid: 12_345, stdio: 'ignore' })).toThrow();
  });
});

it('keeps its own files for one user, and what a person asked for as the umask says', async () => {
  await mkdir(home);
  await writeFileAtomically(path.join(home, 'own'), 'text');
  expect(await modeOf(path.join(home, 'own'))).toBe(0o600);
  const before = process.umask(0o002);
  try {
    await keepResult(path.join(home, 'asked', 'for.csv'), 'text', () => undefined);
  } finally {
    process.umask(before);
  }
  expect(await modeOf(path.join(home, 'asked', 'for.csv'))).toBe(0o664);
});

describe('a campaign that was run', () => {
  let used: TemporaryHome;
  beforeAll(async () => {
    used = await temporaryHome();
    await mkdir(path.join(used.path, 'bin'));
    // As a command leaves it that was killed while it made the cluster.
    await mkdir(path.join(used.path, 'postgres', 'new-1-ab'), { recursive: true });
    await symlink((await temporalProgramForTests()).file, path.join(used.path, 'bin', 'temporal'));
  });
  afterAll(() => used.remove());

  it('leaves nothing in its home that others may see', async () => {
    const file = path.join(folder, 'campaign.yaml');
    await writeFile(
      file,
      `name: private
seed: 1
space: { parameters: [{ name: x, type: continuous, bounds: [0, 1] }] }
objectives: [{ name: y, direction: maximise }]
fidelities:
  - { name: low, adapter: command, cost: 0.1, settings: { command: [/bin/sh, -c, 'echo busy >&2; echo "{\\"values\\": {\\"y\\": 1}}"'] } }
  - { name: high, adapter: command, cost: 1, settings: { command: [/bin/sh, -c, 'echo "{\\"values\\": {\\"y\\": 1}}"'] } }
budget: { trials: 3 }
`,
    );
    const env = { ATHANOR_HOME: used.path };
    const { code, stderr } = await runCli(['run', file], { env });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    // The home was made by hand, and open.
    expect(stderr.split('was open to other users')).toHaveLength(2);
    expect(await readdir(path.join(used.path, 'reports'))).toEqual(['private.html']);
    expect(openBelow(used.path)).toEqual([]);
    if (isRoot) {
      // Root's cluster lies where its own user can get to, and nobody else.
      const postgres = path.join(used.path, 'postgres');
      expect((await lstat(postgres)).isSymbolicLink()).toBe(true);
      expect((await stat(postgres)).mode & 0o777).toBe(0o710);
      expect((await stat(path.join(postgres, 'data'))).mode & 0o077).toBe(0);
    }
  });
});
