import { describe, expect, it } from 'vitest';
import {
  type CampaignRecord,
  exportJson,
  loadCampaign,
  parseRecord,
  registryFor,
  runInProcess,
} from '../../scripts/library.js';
import { beforePath, beforeText, decided, differences, leavesOf } from './fixtures.js';

/** What a campaign came to. Times are left out where they are those of real programs. */
function outcomeOf({ phase, stop, trials, campaign }: CampaignRecord) {
  const isTimed = campaign.spec.fidelities.some(({ adapter }) => adapter === 'command');
  return {
    phase,
    stop,
    trials: trials.map((trial) => {
      if (!isTimed) return trial;
      const { startedAt: _, endedAt: __, observation, ...rest } = trial;
      if (observation === null) return rest;
      const { durationMs: ___, ...given } = observation;
      return { ...rest, observation: given };
    }),
  };
}

/** Trials that were decided before something changed: trials that taught nothing were kept away from, what follows is decided otherwise since. */
const decidedAlike = new Map([
  ['noise', 19],
  // Spaces that are not listed and have more than numbers are searched otherwise since.
  ['mixed', 10],
]);

describe.each(decided)('the campaign %s of the version before', (name) => {
  it('is decided as it was, bit for bit', async () => {
    const before = parseRecord(beforeText(`${name}/record.json`), name);
    const campaign = await loadCampaign(beforePath(`${name}/campaign.yaml`));
    const record = await runInProcess(campaign, { registry: await registryFor(campaign.spec) });
    // As a file gives it back, so that both have the same shape.
    const now = parseRecord(exportJson(record), name);
    const alike = (record: CampaignRecord) => {
      const { trials, ...rest } = outcomeOf(record);
      return { ...rest, trials: trials.slice(0, decidedAlike.get(name)) };
    };
    expect(differences(alike(before), alike(now))).toEqual([]);
  });

  it('is read with every number and word of its trials', () => {
    const text = beforeText(`${name}/record.json`);
    const read = leavesOf(parseRecord(text, name).trials);
    const lost = [...leavesOf(JSON.parse(text).trials)].filter(([leaf, times]) => (read.get(leaf) ?? 0) < times);
    expect(lost).toEqual([]);
  });
});

describe('the campaigns of the version before', () => {
  const records = decided.map((name) => parseRecord(beforeText(`${name}/record.json`), name));

  it('hold what may go wrong in a trial, and more than one way to end', () => {
    const trials = records.flatMap((record) => record.trials);
    const causes = trials.map(({ observation }) => observation?.cause?.class);
    expect(causes).toEqual(expect.arrayContaining(['chemistry', 'device', 'unknown']));
    const outcomes = new Set(trials.map(({ observation }) => observation?.outcome ?? 'none'));
    expect(outcomes).toEqual(new Set(['measured', 'failed', 'quarantined', 'none']));
    expect(trials.some(({ state }) => state === 'withdrawn')).toBe(true);
    const stops = new Set(records.map(({ stop }) => stop?.reason));
    expect(stops).toEqual(new Set(['budgetTrials', 'budgetCost', 'regretBound']));
  });

  it('would be told from others: a number, a trial more, a name more in a design', () => {
    const [{ trials }] = records as [CampaignRecord];
    const [first, ...others] = trials;
    const { proposal } = first!;
    const given = { ...first, proposal: { ...proposal, estimatedCost: proposal.estimatedCost + Number.EPSILON } };
    expect(differences(trials, [given, ...others])).toEqual([expect.stringContaining('0.proposal.estimatedCost')]);
    expect(differences(trials, others)).toEqual([expect.stringContaining('members')]);
    const design = { ...proposal.design, x3: 1 };
    expect(differences(first, { ...first, proposal: { ...proposal, design } })).toEqual([
      expect.stringContaining('proposal.design.x3'),
    ]);
    expect(differences(first, { ...first, proposal: { ...proposal, addedLater: 1 } })).toEqual([]);
  });
});
