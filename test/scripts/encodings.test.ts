import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { useEncodingFolder } from '../../activities/encoding-cache.js';
import { encodeMolecules, watchEncodings } from '../../models/encode/encodings.js';
import { keepEncodingsInHome } from '../../scripts/commands/encodings.js';
import { processTerminal } from '../../scripts/commands/terminal.js';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-encodings-'));
  const chains = Array.from({ length: 120 }, (_, i) => `${'C'.repeat(1 + i)}O`);
  await writeFile(join(folder, 'pool.csv'), `m\n${chains.join('\n')}\n`);
  await writeFile(
    join(folder, 'chains.yaml'),
    `name: chains
space:
  pool: {file: pool.csv, designColumns: [{name: m, type: substance}]}
objectives: [{name: f, direction: maximise}]
fidelities: [{name: lab, cost: 1}]
budget: {trials: 9}
`,
  );
  await writeFile(join(folder, 'results.csv'), 'm,f\nCO,1\nCCO,2\nCCCCO,3\nCCCCCCCO,2\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  useEncodingFolder(null);
  watchEncodings(null);
});

const suggest = (home: string) =>
  runCli(['suggest', 'chains.yaml', 'results.csv', '-n', '2'], { cwd: folder, env: { ATHANOR_HOME: home } });

describe('encodings of a pool', () => {
  it('are kept in the home, and the next command says the same with them, or without where none can be kept', async () => {
    const home = join(folder, 'home');
    const first = await suggest(home);
    expect(first).toMatchObject({ code: 0 });
    expect(await readdir(join(home, 'encodings'))).toHaveLength(1);
    for (const other of [home, '/proc/nope', join(folder, 'results.csv')])
      expect(await suggest(other)).toMatchObject({ code: 0, stdout: first.stdout });
  });

  it('that take more than a second are said to be made, on stderr', async () => {
    const notes: string[] = [];
    const terminal = { ...processTerminal(process), environment: {}, note: (line: string) => void notes.push(line) };
    keepEncodingsInHome(terminal);
    useEncodingFolder(null);
    let now = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => {
      now += 100;
      return now;
    });
    await encodeMolecules(Array.from({ length: 100 }, (_, i) => `${'C'.repeat(1 + i)}F`));
    expect(notes).toEqual([
      'athanor: encoding molecules, 11 of 100',
      'athanor: encoding molecules, 61 of 100',
      'athanor: encoding molecules, 100 of 100',
    ]);
  });
});
