import { describe, expect, test } from 'vitest';
import type { CampaignRecord, TrialRecord } from '../../../models/domain/record.js';
import { type Ruling, ruled } from '../../../models/domain/ruling.js';
import { exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { someRecord } from '../../support/record.js';

const record = someRecord([{ value: 1 }, { molecule: 'CCO', value: 2 }, { molecule: 'CCO' }]);
const pooled: CampaignRecord = {
  ...record,
  campaign: {
    ...record.campaign,
    space: {
      parameters: [{ name: 'x', type: 'continuous', bounds: [0, 1] }],
      pool: { ids: ['a', 'b'], designs: [{ x: 0 }, { x: 1 }] },
      sources: [{ name: 'earlier', designs: [{ x: 2 }], values: [1], leftOut: 0 }],
    },
  },
  trials: record.trials.map((trial) => ({ ...trial, proposal: { ...trial.proposal, design: { x: 0.5 }, rowId: 'a' } })),
};

const limited: CampaignRecord = {
  ...record,
  campaign: {
    ...record.campaign,
    spec: { ...record.campaign.spec, objectives: [{ name: 'gap', direction: 'maximise', limits: [0, 7] }] },
  },
};

/** Twice ruled on: what was measured is amended beyond its limits, and then discarded. */
const ruledOn: CampaignRecord = {
  ...limited,
  trials: limited.trials.map((trial, i) => (i === 0 ? ruledTrial(trial) : trial)),
};

function ruledTrial(trial: TrialRecord): TrialRecord {
  const by = { generation: 1, who: 'ann', why: 'she looked', at: 0, cause: null };
  const amend: Ruling = { ...by, seq: 1, verdict: 'amend', values: { gap: 9 }, sinceRound: 2 };
  const discard: Ruling = { ...by, seq: 2, verdict: 'discard', values: {}, sinceRound: 4 };
  const first = trial.observation!;
  const amended = ruled(first, first, amend, ['gap'])!;
  return {
    ...trial,
    observation: ruled(first, amended, discard, ['gap']),
    earlier: [
      { observation: first, throughRound: 1, ruled: true },
      { observation: amended, throughRound: 3, ruled: true },
    ],
    rulings: [amend, discard],
  };
}

/** What a record with a value at a place of its JSON is refused for. */
function faultsOf(of: CampaignRecord, path: readonly (string | number)[], value: unknown): string[] {
  const document = JSON.parse(exportJson(of)) as unknown;
  const holder = path.slice(0, -1).reduce((inner, key) => (inner as Record<string, unknown>)[key], document);
  (holder as Record<string, unknown>)[path.at(-1)!] = value;
  try {
    parseRecord(JSON.stringify(document), 'r.json');
    return [];
  } catch (error) {
    return (error as { faults: { path: string; message: string }[] }).faults.map(
      ({ path, message }) => `${path}: ${message}`,
    );
  }
}

test('records as they are written are taken', () => {
  for (const of of [record, pooled, limited, ruledOn])
    expect(parseRecord(exportJson(of), 'r.json')).toEqual(JSON.parse(exportJson(of)));
});

describe('a record that contradicts itself is refused', () => {
  test.each<[string, CampaignRecord, readonly (string | number)[], unknown, RegExp]>([
    ['a design without a value', record, ['trials', 0, 'proposal', 'design'], {}, /design\.molecule: nothing/],
    ['a design of another kind', record, ['trials', 0, 'proposal', 'design', 'molecule'], 5, /5 where a text/],
    [
      'a molecule that is not in the space',
      record,
      ['trials', 0, 'proposal', 'design', 'molecule'],
      'CC',
      /molecule: CC/,
    ],
    ['a parameter that there is not', record, ['trials', 0, 'proposal', 'design', 'y'], 5, /y: no parameter/],
    ['another id than its place', record, ['trials', 1, 'proposal', 'id'], 'some/r7/p1', /'some\/r2\/p1' is wanted/],
    ['trials of another campaign', record, ['campaign', 'id'], 'other', /'other\/r1\/p1' is wanted/],
    ['an unknown fidelity', record, ['trials', 0, 'proposal', 'fidelity'], 'none', /no fidelity 'none'/],
    ['a row without a pool', record, ['trials', 0, 'proposal', 'rowId'], 'a', /no row 'a'/],
    ['a measured trial without its value', record, ['trials', 0, 'observation', 'values'], {}, /values\.gap: NaN/],
    ['a value that nothing gives', record, ['trials', 0, 'observation', 'values', 'gap'], 1e200, /gap: 1e\+200/],
    ['noise that nothing gives', record, ['trials', 0, 'observation', 'noise'], { gap: 1e101 }, /noise\.gap: 1e\+101/],
    ['noise below nothing', record, ['trials', 0, 'observation', 'noise'], { gap: -1 }, /noise\.gap: -1/],
    ['a value beyond its limits', limited, ['trials', 0, 'observation', 'values', 'gap'], 8, /gap = 8 lies beyond/],
    ['a trial that stands there twice', record, ['trials', 1], record.trials[0], /'some\/r1\/p1' stands there twice/],
    ['a cost that would not add up', record, ['trials', 0, 'observation', 'cost'], 1e300, /cost/],
    [
      'an observation of another trial',
      record,
      ['trials', 0, 'observation', 'trialId'],
      'some/r9/p1',
      /not that of its trial/,
    ],
    ['an end without an observation', record, ['trials', 0, 'observation'], null, /ended, but without/],
    ['endless proposals a round', record, ['trials', 0, 'proposal', 'basis', 'count'], 1e9, /basis\.count/],
    ['a time that no date can tell', record, ['trials', 0, 'startedAt'], 1e300, /startedAt/],
    ['a key that JavaScript takes for another', record, ['audit'], JSON.parse('[{"__proto__": 1}]'), /__proto__/],
    ['no parameter', record, ['campaign', 'space', 'parameters'], [], /parameters: no parameter/],
    ['empty bounds', pooled, ['campaign', 'space', 'parameters', 0, 'bounds'], [1, 1], /bounds.*is empty/],
    ['a row of the pool without a value', pooled, ['campaign', 'space', 'pool', 'designs', 1], {}, /designs\[1\]\.x/],
    ['rows of one name', pooled, ['campaign', 'space', 'pool', 'ids'], ['a', 'a'], /an id stands there twice/],
    ['more ids than rows', pooled, ['campaign', 'space', 'pool', 'ids'], ['a', 'b', 'c'], /3 ids of 2 designs/],
    ['an unknown row', pooled, ['trials', 0, 'proposal', 'rowId'], 'z', /no row 'z'/],
    ['a ruling that nothing followed', ruledOn, ['trials', 0, 'earlier'], [], /rulings: not those after which/],
    ['what counted, and no ruling', ruledOn, ['trials', 0, 'rulings'], [], /rulings: not those after which/],
    ['a ruling out of its place', ruledOn, ['trials', 0, 'rulings', 1, 'seq'], 3, /seq: 3 where 2 is wanted/],
    ['a ruling of another round', ruledOn, ['trials', 0, 'rulings', 1, 'sinceRound'], 5, /5, not the round after 3/],
    ['a ruling that says otherwise', ruledOn, ['trials', 0, 'rulings', 0, 'values'], { gap: 8 }, /is not what it says/],
    ['a ruling that says nothing', ruledOn, ['trials', 0, 'rulings', 0, 'values'], {}, /no value was given/],
    ['a verdict that there is not', ruledOn, ['trials', 0, 'rulings', 0, 'verdict'], 'maybe', /verdict/],
    [
      'a constraint on what there is not',
      pooled,
      ['campaign', 'space', 'constraints'],
      [{ type: 'linear', terms: { z: 1 }, max: 1 }],
      /constraints\[0\]\.terms\.z: no number 'z' in the space/,
    ],
    ['values of no design', pooled, ['campaign', 'space', 'sources', 0, 'values'], [1, 2], /2 values of 1 designs/],
  ])('%s', (_, of, path, value, words) => {
    expect(faultsOf(of, path, value).join('\n')).toMatch(words);
  });
});

test('negative zeros become plain ones, as they will be when written', () => {
  const text = exportJson(record).replace(/"mean": null/g, '"mean": -0');
  expect(parseRecord(text, 'r.json').trials[0]!.proposal.reason.mean).toBe(0);
});

test('of thousands of faults the first are told, and the rest counted', () => {
  const trials = Array.from({ length: 3000 }, () => ({ proposal: 'x'.repeat(100) }));
  expect(() => parseRecord(JSON.stringify({ ...record, trials }), 'r.json')).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^[\s\S]{1,50000}and \d+ more$/) }),
  );
});

test('a byte order mark is passed over, and a name with two values refused', () => {
  expect(parseRecord(`\uFEFF${exportJson(record)}`, 'r.json').trials).toHaveLength(3);
  const twice = exportJson(record).replace('"gap": 1', '"gap": 1, "gap": 2');
  expect(() => parseRecord(twice, 'r.json')).toThrow(/trials\.0\.observation\.values\.gap: given more than once/);
});
