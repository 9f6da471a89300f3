import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../scripts/config.js';
import { HomeError, prepareHome, writeFileAtomically } from '../../scripts/home.js';
import { startPostgres } from '../../scripts/local/postgres.js';
import { ensureServices } from '../../scripts/local/services.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-home-test-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const isRoot = process.getuid?.() === 0;

/** A file system of a given size on the folder; only root may mount, and not in every container. */
function mount(options: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('writeFileAtomically', () => {
  it('replaces a file whole, with the mode asked for, and leaves nothing beside it', async () => {
    const file = path.join(folder, 'state.json');
    await writeFile(file, 'old');
    await writeFileAtomically(file, 'new', 0o600);
    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  it('keeps the old file when it cannot write the new one', async () => {
    const file = path.join(folder, 'state');
    await mkdir(file);
    await expect(writeFileAtomically(file, 'new')).rejects.toThrow(HomeError);
    expect(await readdir(folder)).toEqual(['state']);
  });
});

describe('prepareHome', () => {
  it('makes the folder and leaves nothing in it', async () => {
    const home = path.join(folder, 'a', 'b');
    await prepareHome(home);
    expect(await readdir(home)).toEqual([]);
  });

  it('says what is wrong when a file stands in the way', async () => {
    await writeFile(path.join(folder, 'file'), '');
    await expect(prepareHome(path.join(folder, 'file'))).rejects.toThrow(/a file stands where a folder is needed/);
    await expect(prepareHome(path.join(folder, 'file', 'home'))).rejects.toThrow(/a file stands.*ATHANOR_HOME/);
  });

  it.skipIf(isRoot)('says what is wrong when it may not write (skipped: root may always)', async () => {
    await chmod(folder, 0o500);
    await expect(prepareHome(folder)).rejects.toThrow(/permission denied.*ATHANOR_HOME/);
  });
});

describe.skipIf(!isRoot)('a home on a disk of its own (skipped: needs root to mount)', () => {
  afterEach(() => {
    execFileSync('sh', ['-c', 'umount "$0" 2>/dev/null || true', folder]);
  });

  it('read-only: a clear error, nothing started', async (context) => {
    if (!mount('size=1m,ro')) context.skip('cannot mount here');
    const attempt = ensureServices(readConfig({ ATHANOR_HOME: folder }));
    await expect(attempt).rejects.toThrow(HomeError);
    await expect(attempt).rejects.toThrow(/read-only.*ATHANOR_HOME/);
  });

  it('too small for a cluster: a clear error, nothing left', async (context) => {
    if (!mount('size=2m,mode=755')) context.skip('cannot mount here');
    // Below what keeps a home private, as then root's cluster would be made on another disk.
    const attempt = startPostgres(folder);
    await expect(attempt).rejects.toThrow(/\d MB free and a new PostgreSQL cluster needs 128 MB.*ATHANOR_HOME/);
    expect(await readdir(path.join(folder, 'postgres'))).toEqual([]);
    expect(await readdir(folder)).toEqual(['postgres']);
  });

  it('full: a clear error, and the file that was there stays as it was', async (context) => {
    if (!mount('size=1m,mode=755')) context.skip('cannot mount here');
    const file = path.join(folder, 'services.json');
    await writeFile(file, 'before');
    // As much as the disk takes.
    await writeFile(path.join(folder, 'ballast'), Buffer.alloc(4 * 2 ** 20)).catch(() => undefined);
    await expect(prepareHome(folder)).rejects.toThrow(/no space left on the disk.*ATHANOR_HOME/);
    await expect(writeFileAtomically(file, 'after'.repeat(10_000))).rejects.toThrow(HomeError);
    expect(await readFile(file, 'utf8')).toBe('before');
    expect((await readdir(folder)).sort()).toEqual(['ballast', 'services.json']);
  });
});
