import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { benchFile } from '../support/bench-file.js';
import { callCli } from '../support/cli.js';

let folder: string;
const text = (contexts: string, more = '') => benchFile('around', `contexts: ${contexts}`, more);
const both = '[{name: humidity, type: continuous, bounds: [0, 100], unit: "%"}, {name: batch, type: categorical}]';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-contexts-'));
  await writeFile(join(folder, 'around.yaml'), text(both));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const suggest = (...more: string[]) => callCli(['suggest', 'around.yaml', ...more], { cwd: folder });

it('writes columns for contexts, reads them with results, and proposes for the last ones', async () => {
  expect((await suggest('-n', '2', '--out', 'results.csv')).code).toBe(0);
  expect((await readFile(join(folder, 'results.csv'), 'utf8')).split('\n')[0]).toBe(
    't,solvent,humidity,batch,outcome,value',
  );
  const rows = Array.from(
    { length: 10 },
    (_, i) => `${20 + 10 * i},${i % 2 ? 'DMF' : 'THF'},${i === 3 ? '' : 40 + i},${i < 5 ? 'L7' : 12},measured,${i * 3}`,
  );
  const open = '55,DMF,99,L9,pending,';
  await writeFile(join(folder, 'more.csv'), ['t,solvent,Humidity,batch,outcome,value', ...rows, open].join('\n'));
  const { stdout, code } = await suggest('more.csv', '--json');
  expect(code).toBe(0);
  const { proposals } = JSON.parse(stdout);
  expect(proposals[0].why).toContain('at humidity 49 %, batch 12, as last seen; 1 trial that did not tell humidity');
});

it('proposes for what a person says that contexts are now, of which nothing was measured yet', async () => {
  const rows = Array.from({ length: 10 }, (_, i) => `${20 + 10 * i},DMF,${40 + i},L7,measured,${i * 3}`);
  await writeFile(join(folder, 'said.csv'), ['t,solvent,humidity,batch,outcome,value', ...rows].join('\n'));
  const { stdout, code } = await suggest('said.csv', '--json', '--context', 'batch=B7');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).proposals[0].why).toContain(
    'at batch B7, as a person said; at humidity 49 %, as last seen',
  );
  const explained = await callCli(['explain', 'around.yaml', 'said.csv', 'p1', '--context', 'batch=B7'], {
    cwd: folder,
  });
  expect(explained.code).toBe(0);
  expect(explained.stdout).toContain('at batch B7, as a person said');
});

it('says what is wrong with contexts that a person gives', async () => {
  const { stderr, code } = await suggest('--context', 'humidity=900', 'bach=B7', 'batch');
  expect(code).toBe(2);
  expect(stderr).toMatch(/humidity.*900 given.*about 0 to 100/);
  expect(stderr).toMatch(/bach.*no such context.*did you mean batch/);
  expect(stderr).toMatch(/'batch' given.*name=value, as batch=B7/);
});

it('says what is wrong with a cell', async () => {
  await writeFile(join(folder, 'bad.csv'), 't,solvent,humidity,value\n50,DMF,damp,3\n60,THF,900,4\n');
  const { stderr, code } = await suggest('bad.csv');
  expect(code).toBe(2);
  expect(stderr).toMatch(/line 2.*humidity.*'damp' is not a number/);
  expect(stderr).toMatch(/line 3.*humidity.*900 given.*about 0 to 100/);
});

it.each([
  ['[{name: t, type: categorical}]', 'contexts[0].name', "'t' is also a parameter"],
  ['[{name: Value, type: categorical}]', 'contexts[0].name', "differs only in case or spaces from 'value'"],
  ['[{name: h, type: continuous, bounds: [9, 1]}]', 'contexts[0].bounds', ''],
  ['[{name: h, type: categorical, levels: [a, a]}]', 'contexts[0].levels', 'given twice'],
  ['[{name: h, type: categorical}, {name: h, type: categorical}]', 'contexts[1].name', ''],
])('refuses %s', async (contexts, path, message) => {
  const faults = await readCampaignText(text(contexts), { file: 'around.yaml', baseDir: folder }).then(
    () => [],
    (error: InvalidInputError) => error.faults,
  );
  expect(faults.map((fault) => fault.path)).toEqual([path]);
  expect(faults[0]!.message).toContain(message);
});

it('refuses a bound on the regret beside contexts', async () => {
  const stop = 'stop: [{type: regretBound, epsilon: 0.1, probability: 0.9}]';
  const read = readCampaignText(text(both, stop), { file: 'around.yaml', baseDir: folder });
  await expect(read).rejects.toThrow("'regretBound' with contexts");
});
