import { expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import type { CampaignRecord, TrialRecord } from '../../../models/domain/record.js';
import { decide } from '../../../models/strategy/decide.js';
import { hashVisits, visitsOf } from '../../../models/strategy/history.js';
import { bestOf } from '../../../scripts/outcome.js';
import { exportCsv, exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { parseResults } from '../../../scripts/suggest/results-table.js';
import { ended, someCampaign } from '../../support/campaigns.js';

const campaign = someCampaign({
  fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
  strategy: { initial: { trials: 3 } },
  budget: { trials: 30 },
});

function achievedTrial(trial: TrialRecord, achieved: Design): TrialRecord {
  return { ...trial, observation: { ...trial.observation!, achieved } };
}

/** A campaign of one trial at a time, each of which missed its x by what `miss` says; null for what was proposed. */
async function course(of: Campaign, rounds: number, miss: (round: number) => Design | null): Promise<CampaignRecord> {
  const trials: TrialRecord[] = [];
  for (let round = 1; round <= rounds; round++) {
    const { proposals } = await decide({ campaign: of, round, count: 1, pending: [], remainingCost: null, trials });
    for (const proposal of proposals) {
      const achieved = miss(round);
      const { x, y } = { ...proposal.design, ...achieved } as Record<string, number>;
      const trial = ended(proposal, (x! - 0.3) ** 2 + (y! - 0.5) ** 2);
      trials.push(achieved === null ? trial : achievedTrial(trial, achieved));
    }
  }
  return { campaign: of, phase: 'running', stop: null, trials, audit: [] };
}

it('what was achieved is learned from in place of what was proposed, and is in the hash of the data', async () => {
  const { trials } = await course(campaign, 4, () => null);
  const [first, ...others] = trials;
  const { design } = first!.proposal;
  const missed = [achievedTrial(first!, { x: 0.123 }), ...others];
  const visits = visitsOf(campaign, missed, []);
  expect(visits[0]).toMatchObject({ design: { ...design, x: 0.123 }, asked: { design, rowId: null } });
  expect(visits.slice(1)).toEqual(visitsOf(campaign, trials, []).slice(1));
  const hashOf = (of: readonly TrialRecord[]) => hashVisits(visitsOf(campaign, of, [])).dataHash;
  expect(hashOf(missed)).not.toBe(hashOf(trials));
  // Said to be what was proposed, it changes nothing.
  expect(visitsOf(campaign, [achievedTrial(first!, { x: design.x! }), ...others], [])).toEqual(
    visitsOf(campaign, trials, []),
  );
  const best = bestOf(campaign.spec, [achievedTrial(ended(first!.proposal, -99), { x: 0.123 }), ...others]);
  expect(best).toMatchObject({ value: -99, design: { ...design, x: 0.123 } });
});

it('a campaign that missed its designs verifies bit for bit, outside its space too, and does not repeat its plan', async () => {
  const record = await course(campaign, 7, (round) =>
    round % 2 === 1 ? { x: round === 5 ? 1.4 : 0.07 * round } : null,
  );
  const read = parseRecord(exportJson(record), 'record');
  expect(read.trials.map(({ observation }) => observation!.achieved)).toEqual(
    record.trials.map(({ observation }) => observation!.achieved),
  );
  expect(await verifyRecord(read)).toEqual({ checked: 7, byPerson: 0, mismatches: [] });
  expect(visitsOf(campaign, read.trials, [])[4]).toMatchObject({ design: { x: 1.4 }, outside: true });
  const asked = record.trials.map(({ proposal }) => JSON.stringify(proposal.design));
  expect(new Set(asked).size).toBe(7);
  const other = structuredClone(read);
  (other.trials[1]!.observation as { achieved?: Design }).achieved = { x: 0.5 };
  expect((await verifyRecord(other)).mismatches.map(({ where }) => where)).toContain(record.trials[3]!.proposal.id);
});

it('of a list the row that was asked is not asked again, though another design was achieved', async () => {
  const listed: Campaign = {
    ...campaign,
    space: { ...campaign.space, parameters: campaign.space.parameters.map((one) => discreteOf(one.name)) },
  };
  const { trials } = await course(listed, 9, () => ({ x: 0.31 }));
  const asked = trials.map(({ proposal }) => JSON.stringify(proposal.design));
  expect(new Set(asked).size).toBe(9);
});

function discreteOf(name: string) {
  return { name, type: 'discrete' as const, values: [0, 0.25, 0.5, 0.75, 1] };
}

it('is refused where it is none that can be learned from', async () => {
  const { trials, ...rest } = await course(campaign, 1, () => null);
  const text = exportJson({ ...rest, trials: [achievedTrial(trials[0]!, { x: 'red', z: 1 })] });
  expect(() => parseRecord(text, 'record')).toThrow(
    /trials\[0\]\.observation\.achieved\.z[\s\S]*trials\[0\]\.observation\.achieved\.x/,
  );
});

it('tables have what was achieved as the design, beside what was proposed, and read back so', async () => {
  const plain = await course(campaign, 2, () => null);
  expect(exportCsv(plain)).not.toContain('proposed.');
  const [first, second] = plain.trials;
  const csv = exportCsv({ ...plain, trials: [achievedTrial(first!, { x: 0.123 }), second!] });
  const [header, line] = csv.split(/\r?\n/).map((text) => text.split(','));
  expect(header!.at(-1)).toBe('proposed.x');
  expect(line![header!.indexOf('design.x')]).toBe('0.123');
  expect(line!.at(-1)).toBe(String(first!.proposal.design.x));
  const { results } = await parseResults(campaign, { file: 'a.csv', text: csv });
  expect(results[0]!.design).toMatchObject({ x: 0.123 });
});
