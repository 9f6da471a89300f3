import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../../lab-adapters/registry.js';
import type { Campaign } from '../../../models/domain/campaign.js';
import { InvalidInputError } from '../../../models/domain/errors.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { readCampaignText } from '../../../scripts/campaign-file.js';
import { exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { unvouched, verifyRecord } from '../../../scripts/record/verify.js';
import { runInProcess } from '../../../scripts/simulate/run-in-process.js';

async function campaign(more: string): Promise<Campaign> {
  const text = `
name: checked
seed: 5
space:
  parameters:
    - {name: x1, type: continuous, bounds: [-5, 10]}
    - {name: x2, type: continuous, bounds: [0, 15]}
objectives: [{name: value, direction: minimise}]
fidelities:
  - {name: exact, adapter: problem, settings: {problem: branin, noise: 0.3, delayMs: {min: 10, max: 900}, faults: {failRate: 0.1}}, cost: 1}
budget: {trials: 12}
${more}`;
  return readCampaignText(text, { file: 'checked.yaml', baseDir: '.' });
}

async function recordOf(more: string): Promise<CampaignRecord> {
  return runInProcess(await campaign(more), { registry: createRegistry() });
}

/** The record after a change to one of its trials. */
function changed(record: CampaignRecord, index: number, change: (trial: never) => unknown): CampaignRecord {
  const copy = structuredClone(record) as unknown as { trials: never[] };
  change(copy.trials[index]!);
  return copy as unknown as CampaignRecord;
}

describe('verifyRecord', () => {
  it.each(['parallel: 1', 'parallel: 3\nsynchronous: true', 'parallel: 3'])(
    'finds every proposal of a run with %s the same, also after a trip through a file',
    async (more) => {
      const record = await recordOf(more);
      expect(record.trials).toHaveLength(12);
      expect(await verifyRecord(record)).toEqual({ checked: 12, byPerson: 0, mismatches: [] });
      const read = parseRecord(exportJson(record), 'record.json');
      expect(read).toEqual(JSON.parse(JSON.stringify(record)));
      expect(await verifyRecord(read)).toEqual({ checked: 12, byPerson: 0, mismatches: [] });
    },
  );

  it('says of which observations no later proposal was made', async () => {
    const record = await recordOf('parallel: 1');
    expect(unvouched(record)).toEqual(['checked/r12/p1']);
    const { outcome, ...last } = record.trials[11]!.observation!;
    const forged = changed(record, 11, (trial: { observation: unknown }) => {
      trial.observation = { ...last, outcome, values: { value: -1e9 }, cause: null };
    });
    // Nothing shows the forgery: that is what being told of it is for.
    expect((await verifyRecord(forged)).mismatches).toEqual([]);
    const parallel = await recordOf('parallel: 3');
    const final = parallel.trials.at(-1)!.proposal;
    expect(unvouched(parallel)).toEqual([...final.basis.pending, final.id]);
    expect(unvouched({ trials: [] })).toEqual([]);
    const first = record.trials[0]!;
    const again = { ...first, earlier: [{ observation: first.observation!, throughRound: 12 }] };
    const done = { ...again, observation: { ...first.observation! } };
    expect(unvouched({ trials: [done, ...record.trials.slice(1)] })).toEqual(['checked/r1/p1', 'checked/r12/p1']);
  });

  it('names what was changed afterwards: a design, a measured value, a proposal', async () => {
    const record = await recordOf('parallel: 1');
    const moved = changed(record, 11, (trial: { proposal: { design: { x1: number } } }) => {
      trial.proposal.design.x1 += 2 ** -40;
    });
    expect((await verifyRecord(moved)).mismatches).toMatchObject([{ where: 'checked/r12/p1', path: 'design.x1' }]);
    const remeasured = changed(record, 9, (trial: { observation: { values: { value: number }; outcome: string } }) => {
      trial.observation.outcome = 'measured';
      trial.observation.values.value = 3;
    });
    const paths = (await verifyRecord(remeasured)).mismatches.map((mismatch) => `${mismatch.where} ${mismatch.path}`);
    expect(paths).toContain('checked/r11/p1 basis.dataHash');
    const shortened = changed(record, 11, (trial: { proposal: { basis: { count: number } } }) => {
      trial.proposal.basis.count = 2;
    });
    expect((await verifyRecord(shortened)).mismatches[0]).toMatchObject({
      where: 'round 12',
      recorded: 1,
      recomputed: 2,
    });
  });
});

describe('parseRecord', () => {
  it('refuses what is no record, naming every place', () => {
    expect(() => parseRecord('{', 'r.json')).toThrow(InvalidInputError);
    expect(() => parseRecord('{"phase": "gone", "trials": []}', 'r.json')).toThrow(
      /phase[\s\S]*audit|audit[\s\S]*phase/,
    );
  });
});
