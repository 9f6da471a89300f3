import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { runCli } from '../support/cli.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-names-'));
  await writeFile(join(folder, 'pool.csv'), 'Flask,Temp / C,a,b,gloss\n1,20,0.5,0.5,1\n2,30,0.2,0.8,2\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const free = '{parameters: [{name: heat, column: Oven heat, type: continuous, bounds: [0, 9]}]}';
const pool = `{pool: {file: pool.csv, id: Flask, designColumns: [
  {name: T, column: Temp / C, type: continuous}, {name: mix, columns: [a, b], type: composition}]}}`;
const campaign = (outcomes: string, space: string) => `name: names
space: ${space}
objectives: [{name: yield, direction: maximise}]
outcomes: ${outcomes}
ignore: [Remarks]
fidelities: [{name: lab, cost: 1}]
budget: {trials: 2}
`;
const faultsOf = (outcomes: string, space: string) =>
  readCampaignText(campaign(outcomes, space), { file: 'names.yaml', baseDir: folder }).then(
    () => [],
    (error: InvalidInputError) => error.faults,
  );

describe('the name of an objective', () => {
  it.each(['cost', 'Status', 'row'])('%s is refused: its column in tables would be taken for another', async (name) => {
    const text = campaign('[{name: gloss}]', free).replace('name: yield', `name: ${name}`);
    const faults = await readCampaignText(text, { file: 'names.yaml', baseDir: folder }).then(
      () => [],
      (error: InvalidInputError) => error.faults,
    );
    expect(faults).toEqual([
      expect.objectContaining({
        path: 'objectives[0].name',
        message: `'${name}' is a word with a meaning of its own in tables of results`,
        remedy: 'give it another name, none of cost, fidelity, outcome, status, row, state',
      }),
    ]);
  });
});

describe('the name of an outcome', () => {
  it.each<[string, string, string]>([
    [free, 'Oven heat', "'Oven heat' is the column of parameter 'heat'"],
    [free, 'oven  Heat', "'oven  Heat' differs only in case or spaces from 'Oven heat', which is the column"],
    [free, 'Heat', "'Heat' differs only in case or spaces from 'heat', which is also a parameter"],
    [free, 'Yield', "'Yield' differs only in case or spaces from 'yield', which is an objective"],
    [free, 'Remarks', "'Remarks' is among the columns to 'ignore'"],
    [free, 'remarks', "'remarks' differs only in case or spaces from 'Remarks', which is among the columns"],
    [pool, 'Flask', "'Flask' is the id column of the pool"],
    [pool, 'Temp / C', "'Temp / C' is a column of the pool, of parameter 'T'"],
    [pool, 'b', "'b' is a column of the pool, of parameter 'mix'"],
    [pool, 't', "'t' differs only in case or spaces from 'T', which is also a parameter"],
    ...['cost', 'fidelity', 'outcome', 'status', 'row', 'state'].map((word): [string, string, string] => [
      free,
      word,
      `'${word}' is a word with a meaning of its own in tables of results`,
    ]),
    [free, 'Status', "'Status' differs only in case or spaces from 'status', which is a word"],
  ])('is refused where it is taken in %s: %s', async (space, name, told) => {
    const faults = await faultsOf(`[{name: gloss}, {name: ${JSON.stringify(name)}}]`, space);
    expect(faults).toEqual([
      expect.objectContaining({
        path: 'outcomes[1].name',
        message: expect.stringContaining(told),
        remedy: expect.stringMatching(/^give it another name|^leave it out here/),
        line: expect.any(Number),
      }),
    ]);
  });

  it('is refused where it differs from another outcome only in case or spaces', async () => {
    expect(await faultsOf('[{name: Gloss}, {name: gloss}]', free)).toMatchObject([
      { path: 'outcomes[1].name', message: "'gloss' differs only in case or spaces from 'Gloss', which is an outcome" },
    ]);
  });

  it('may be that of a further column of the pool, and validate lists it', async () => {
    expect(await faultsOf('[{name: gloss}, {name: costs}]', pool)).toEqual([]);
    await writeFile(join(folder, 'names.yaml'), campaign('[{name: gloss, unit: GU}, {name: haze}]', pool));
    const { stdout } = await runCli(['validate', 'names.yaml'], { cwd: folder });
    expect(stdout).toContain('  objective   maximise yield\n  outcomes    gloss, haze\n');
    const asJson = await runCli(['validate', 'names.yaml', '--json'], { cwd: folder });
    expect(JSON.parse(asJson.stdout)).toMatchObject({ outcomes: [{ name: 'gloss', unit: 'GU' }, { name: 'haze' }] });
  });
});

describe('what cannot be measured is said of outcomes', () => {
  const measured = (fidelity: string, objectives = '[{name: yield, direction: maximise}]') => `name: names
space: {parameters: [{name: x1, type: continuous, bounds: [0, 1]}]}
objectives: ${objectives}
${objectives.includes('haze') ? '' : 'outcomes: [{name: haze}]'}
fidelities: [{name: lab, cost: 1, ${fidelity}}]
budget: {trials: 2}
`;
  const told = (text: string) =>
    readCampaignText(text, { file: 'names.yaml', baseDir: folder }).then(
      () => '',
      (error: InvalidInputError) => error.message,
    );

  it('by a test function, and by past results', async () => {
    const message = await told(measured('adapter: problem, settings: {problem: branin}'));
    expect(message).toContain("2 outcomes for a function with one value (give one objective and no 'outcomes')");
    const replay = await told(measured('adapter: dataset, settings: {file: pool.csv, values: {yield: gloss}}'));
    expect(replay).toContain("no column 'haze' for the outcome of that name");
  });

  it('and of several objectives, too', async () => {
    const both = '[{name: yield, direction: maximise}, {name: haze, direction: minimise}]';
    const message = await told(measured('adapter: problem, settings: {problem: branin}', both));
    expect(message).toContain('2 outcomes for a function with one value');
  });
});
