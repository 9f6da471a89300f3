import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../lab-adapters/registry.js';
import type { Campaign, CampaignSpec } from '../models/domain/campaign.js';
import { InvalidInputError } from '../models/domain/errors.js';
import { observe } from '../models/domain/observe.js';
import { Planner } from '../models/strategy/ask-tell.js';
import { readCampaignText } from '../scripts/campaign-file.js';
import { bestOf } from '../scripts/outcome.js';
import { exportCsv, exportJson } from '../scripts/record/export.js';
import { parseRecord } from '../scripts/record/record-file.js';
import { verifyRecord } from '../scripts/record/verify.js';
import { runInProcess } from '../scripts/simulate/run-in-process.js';
import { parseResults } from '../scripts/suggest/results-table.js';
import { failuresAfter } from '../workflows/campaign-state.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-outcomes-'));
  const rows = Array.from({ length: 12 }, (_, i) => [
    i,
    i,
    10 * i - i * i,
    i % 3 === 0 ? '' : 20 + i,
    i === 5 ? 'lost' : 7,
  ]);
  await writeFile(join(folder, 'table.csv'), `id,x,yield,peak,ash\n${rows.map((row) => row.join(',')).join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (outcomes: string) => `
name: outcomes
space: {pool: {file: table.csv, id: id, designColumns: [{name: x, type: continuous}]}}
objectives: [{name: yield, direction: maximise, limits: [null, 1000]}]
${outcomes}
fidelities: [{name: exact, adapter: dataset, settings: {file: table.csv, id: id}, cost: 1}]
budget: {trials: 8}
`;
const load = (outcomes: string): Promise<Campaign> =>
  readCampaignText(file(outcomes), { file: 'outcomes.yaml', baseDir: folder });
const faultsOf = (outcomes: string) =>
  load(outcomes).then(
    () => [],
    (error: InvalidInputError) => error.faults.map(({ path, message }) => `${path}: ${message}`),
  );

describe('outcomes beside the objective', () => {
  const both = 'outcomes: [{name: peak, unit: degC, limits: [0, 40]}, {name: ash}]';

  it('are measured and kept, also where some are missing, and change no decision', async () => {
    const plain = await runInProcess(await load(''), { registry: createRegistry() });
    const rich = await runInProcess(await load(both), { registry: createRegistry() });
    const chosen = (record: typeof plain) => record.trials.map(({ proposal }) => [proposal.id, proposal.rowId]);
    expect(chosen(rich)).toEqual(chosen(plain));
    for (const { proposal, observation } of rich.trials) {
      const i = Number(proposal.rowId);
      expect(observation).toMatchObject({ outcome: 'measured', cause: null });
      expect(observation!.values).toEqual({
        yield: 10 * i - i * i,
        ...(i % 3 === 0 ? {} : { peak: 20 + i }),
        ...(i === 5 ? {} : { ash: 7 }),
      });
    }
    expect(parseRecord(exportJson(rich), 'r.json').trials).toEqual(rich.trials);
    expect(exportCsv(rich).split(/\r?\n/)[0]).toContain(
      'value.yield,noise.yield,value.peak,noise.peak,value.ash,noise.ash',
    );
    const again = await parseResults(await load(both), { file: 'export.csv', text: exportCsv(rich) });
    expect(again.results.map(({ value, values = {} }) => ({ yield: value, ...values }))).toEqual(
      rich.trials.map(({ observation }) => observation!.values),
    );
  });

  it('beyond their limits quarantine the trial', async () => {
    const record = await runInProcess(await load('outcomes: [{name: peak, limits: [0, 24]}]'), {
      registry: createRegistry(),
    });
    const quarantined = record.trials.filter(({ observation }) => observation!.outcome === 'quarantined');
    expect(quarantined.every(({ proposal }) => Number(proposal.rowId) > 4)).toBe(true);
    expect(quarantined.length).toBeGreaterThan(0);
  });

  it('come with results of people, by their columns and by name', async () => {
    const campaign = await load(both);
    const { results } = await parseResults(campaign, {
      file: 'r.csv',
      text: 'id,yield,ash,peak\n1,9,,21\n2,16,7,\n4,,7,\n',
    });
    expect(results).toEqual([
      { rowId: '1', value: 9, values: { peak: 21 } },
      { rowId: '2', value: 16, values: { ash: 7 } },
      { rowId: '4', values: { ash: 7 } },
    ]);
    const planner = new Planner(campaign);
    planner.tell(results);
    expect(planner.trials.map(({ observation }) => observation!.values)).toEqual([
      { yield: 9, peak: 21 },
      { yield: 16, ash: 7 },
      { ash: 7 },
    ]);
    expect(() => planner.tell([{ rowId: '3', value: 1, values: { colour: 1 } }])).toThrow(InvalidInputError);
    planner.tell([{ rowId: '3', value: 21, values: { peak: 41 } }]);
    expect(planner.trials.at(-1)!.observation).toMatchObject({
      outcome: 'quarantined',
      details: { answered: { peak: 41 } },
    });
  });

  it('without the objective is told as such, can be measured again, and pauses a campaign where it goes on', () => {
    const lacking = { outcome: 'measured' as const, cause: null, judged: { losses: [null], feasible: true } };
    const whole = { ...lacking, judged: { losses: [1], feasible: true } };
    const before = { consecutiveFailures: 1, deviceFailures: 1 };
    expect(failuresAfter(before, lacking)).toEqual({ consecutiveFailures: 1, deviceFailures: 2 });
    expect(failuresAfter(before, whole)).toEqual({ consecutiveFailures: 0, deviceFailures: 0 });
    // At a lower fidelity nothing is judged.
    const cheap = { ...lacking, judged: null };
    expect(failuresAfter(before, cheap)).toEqual({ consecutiveFailures: 0, deviceFailures: 0 });
    expect(failuresAfter(before, { ...cheap, lacking: true })).toEqual({ consecutiveFailures: 1, deviceFailures: 2 });
  });

  it('are open where a table of a person has no value for a row and no column that says more', async () => {
    const campaign = await load(both);
    const read = (text: string) => parseResults(campaign, { file: 'r.csv', text });
    const { results, notes } = await read('id,yield,ash\n1,9,7\n2,,\n3,,7\n4,,\n');
    expect(results.map(({ outcome = 'measured' }) => outcome)).toEqual(['measured', 'pending', 'measured', 'pending']);
    expect(notes).toEqual([expect.stringMatching(/^2 rows without a value \(line 3, 5\) taken as pending/)]);
    await expect(read('id,yield,ash,outcome\n1,9,7,\n2,,,\n')).rejects.toThrow(/no value given/);
  });

  it('beside a trial that failed or is pending are passed over with a note, and block no row', async () => {
    const text =
      'id,yield,ash,peak,outcome\n1,9,7,,measured\n2,,7,21,failed\n4,,n.d.,,pending\n5,25,,,\n7,,5,,Failed\n';
    const { results, notes } = await parseResults(await load(both), { file: 'r.csv', text });
    expect(results).toEqual([
      { rowId: '1', outcome: 'measured', value: 9, values: { ash: 7 } },
      { rowId: '2', outcome: 'failed' },
      { rowId: '4', outcome: 'pending' },
      { rowId: '5', value: 25 },
      { rowId: '7', outcome: 'failed' },
    ]);
    expect(notes).toEqual([
      '3 values of ash passed over (line 3, 4, 6): the trial is failed or pending',
      '1 value of peak passed over (line 3): the trial is failed or pending',
    ]);
  });

  it.each([
    ['outcomes: [{name: yield}]', "outcomes[0].name: 'yield' is an objective"],
    ['outcomes: [{name: x}]', "outcomes[0].name: 'x' is also a parameter"],
    ['outcomes: [{name: ash}, {name: ash}]', "outcomes[1].name: the name 'ash' is given twice"],
    ['outcomes: [{name: ash, min: 4, max: 3}]', "outcomes[0]: 'min' 4 above 'max' 3"],
  ])('are refused as %s', async (given, told) => {
    expect(await faultsOf(given)).toEqual([told]);
  });
});

describe('several objectives and bounds', () => {
  it('are carried through decisions, the loop and the record, and decide together', async () => {
    const plain = await load('outcomes: [{name: peak}, {name: ash}]');
    const spec: CampaignSpec = {
      ...plain.spec,
      objectives: [...plain.spec.objectives, { name: 'peak', direction: 'minimise' }],
      outcomes: [{ name: 'ash', max: 10 }],
      strategy: { initial: { trials: 3 } },
    };
    const rich = await runInProcess({ ...plain, spec }, { registry: createRegistry() });
    const alone = { ...plain, spec: { ...plain.spec, strategy: spec.strategy } };
    const one = await runInProcess(alone, { registry: createRegistry() });
    const chosen = (record: typeof rich) => record.trials.map(({ proposal }) => proposal.rowId);
    expect(chosen(rich).slice(0, 3)).toEqual(chosen(one).slice(0, 3));
    expect(chosen(rich)).not.toEqual(chosen(one));
    expect(rich.trials.at(-1)!.proposal.reason.acquisition).toBe('log-nehvi');
    const { reason, basis } = rich.trials.at(-1)!.proposal;
    expect(basis.fit!.outcomes!.map(({ name }) => name)).toEqual(['peak', 'ash']);
    expect(reason.outcomes!.map(({ name }) => name)).toEqual(['peak', 'ash']);
    // The peak rises by a degree a row, and is told in its own direction.
    expect(Math.abs(reason.outcomes![0]!.mean - 20 - Number(rich.trials.at(-1)!.proposal.rowId))).toBeLessThan(5);
    expect(basis.dataHash).not.toBe(one.trials.at(-1)!.proposal.basis.dataHash);
    expect((await verifyRecord(rich)).mismatches).toEqual([]);
    expect(parseRecord(exportJson(rich), 'r.json').trials).toEqual(rich.trials);
    const best = bestOf(spec, rich.trials)!;
    const counting = rich.trials.filter(({ observation }) => Object.keys(observation!.values).length === 3);
    expect(best.value).toBe(Math.max(...counting.map(({ observation }) => observation!.values.yield!)));
  });
});

describe('an answer with several outcomes', () => {
  const terms = { outcomes: ['a', 'b'], statedCost: null };
  const answer = (values: Record<string, number>) =>
    observe('c/r1/p1', terms, 'succeeded', { values, cost: 1, durationMs: 1 });

  it('may lack some of them, but not all, and none may be no number', () => {
    expect(answer({ b: 2 })).toMatchObject({ outcome: 'measured', values: { b: 2 }, cause: null });
    expect(answer({})).toMatchObject({ outcome: 'quarantined', cause: { code: 'notFinite' } });
    expect(answer({ a: Number.NaN, b: 2 })).toMatchObject({ outcome: 'quarantined', details: { answered: { b: 2 } } });
  });
});
