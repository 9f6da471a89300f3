import { expect, it } from 'vitest';
import type { Design } from '../../../models/domain/design.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import type { CampaignRecord, TrialRecord } from '../../../models/domain/record.js';
import { trialId } from '../../../models/domain/trial.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { decide } from '../../../models/strategy/decide.js';
import type { Result } from '../../../models/strategy/result.js';
import { exportJson } from '../../../scripts/record/export.js';
import { parseRecord } from '../../../scripts/record/record-file.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { ended, someCampaign } from '../../support/campaigns.js';

const campaign = someCampaign({
  fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
  strategy: { initial: { trials: 3 } },
  budget: { trials: 30 },
});

const measured = (proposal: Proposal): TrialRecord => {
  const { x, y } = proposal.design as Record<string, number>;
  return ended(proposal, (x! - 0.3) ** 2 + (y! - 0.5) ** 2);
};
const open = (proposal: Proposal, state: 'running' | 'proposed' = 'running'): TrialRecord => ({
  ...{ proposal, state, observation: null, startedAt: null, endedAt: null },
});

/** A campaign as a host runs it, two at a time, knowing at each moment no more than has come about. */
class Course {
  readonly known = new Map<string, TrialRecord>();
  round = 0;

  put(trial: TrialRecord): void {
    this.known.set(trial.proposal.id, trial);
  }

  get trials(): readonly TrialRecord[] {
    return [...this.known.values()].sort(({ proposal: a }, { proposal: b }) => a.round - b.round || a.index - b.index);
  }

  async ask(count: number): Promise<readonly Proposal[]> {
    const trials = this.trials;
    const pending = trials.filter(({ observation, state }) => observation === null && state !== 'withdrawn');
    const ids = pending.map(({ proposal }) => proposal.id);
    const asked = { campaign, round: ++this.round, count, pending: ids, remainingCost: null };
    const { proposals } = await decide({ ...asked, trials });
    for (const proposal of proposals) this.put(open(proposal));
    return proposals;
  }

  end(id: string): void {
    this.put(measured(this.known.get(id)!.proposal));
  }

  /** What a person wants tried, at a place of a round. */
  byPerson(round: number, index: number, x: number, insteadOf?: string): Proposal {
    const id = trialId(campaign.id, round, index);
    const none = { acquisition: null, value: null, mean: null, sd: null, targetMean: null, targetSd: null };
    const person = { who: 'ann', why: 'a guess', sinceRound: this.round + 1 };
    const proposal: Proposal = {
      ...{ id, round, index, design: { x, y: 0.4 }, rowId: null, fidelity: 'high', estimatedCost: 1 },
      reason: { kind: 'supplied', ...none, text: 'given by a person' },
      basis: {
        ...{ seed: 3, dataHash: '', observed: 0, pending: [], remainingCost: null, count: 1, fit: null },
        defaults: 'by hand',
        person: insteadOf === undefined ? person : { ...person, insteadOf },
      },
    };
    this.put(open(proposal));
    return proposal;
  }

  async goOn(rounds: number): Promise<void> {
    for (let i = 0; i < rounds; i++) for (const { id } of await this.ask(1)) this.end(id);
  }
}

/** One proposal edited after two rounds had counted it as pending, and one injected. */
async function course(): Promise<CampaignRecord> {
  const it = new Course();
  for (const { id } of await it.ask(3)) it.end(id);
  const [first, second] = await it.ask(2);
  it.end(first!.id);
  await it.goOn(2);
  it.put({ ...open(second!), state: 'withdrawn', rejected: { who: 'ann', why: null, at: 1 } });
  const edited = it.byPerson(2, 3, 0.35, second!.id);
  await it.goOn(1);
  it.end(edited.id);
  await it.goOn(1);
  it.round += 1;
  const injected = it.byPerson(it.round, 1, 0.9);
  await it.goOn(2);
  it.end(injected.id);
  await it.goOn(2);
  return { campaign, phase: 'running', stop: null, trials: it.trials, audit: [] };
}

it('what a person proposed is told apart, and all that followed from it is computed again', async () => {
  const record = await course();
  expect(record.trials).toHaveLength(15);
  const read = parseRecord(exportJson(record), 'record.json');
  expect(await verifyRecord(read)).toEqual({ checked: 13, byPerson: 2, mismatches: [] });
  expect(read.trials[4]).toMatchObject({ state: 'withdrawn', rejected: { who: 'ann' } });

  const changed = (at: number, change: (trial: { proposal: Proposal }) => unknown) => {
    const copy = structuredClone(read);
    change(copy.trials[at]! as never);
    return copy;
  };
  const design = changed(5, ({ proposal }) => Object.assign(proposal.design, { x: 0.1 }));
  const found = (await verifyRecord(design)).mismatches.map(({ where }) => where);
  expect(found.length).toBeGreaterThan(0);
  // Rounds that were decided before the person spoke do not know of it.
  expect(found.some((where) => /\/r[1-4]\//.test(where))).toBe(false);
  const sooner = changed(5, ({ proposal }) => Object.assign(proposal.basis.person!, { sinceRound: 4 }));
  expect((await verifyRecord(sooner)).mismatches.length).toBeGreaterThan(0);
});

it('a record says where a person’s proposal does not fit', async () => {
  const record = await course();
  const wrong = structuredClone(record);
  Object.assign(wrong.trials[5]!.proposal.basis.person!, { sinceRound: 2, insteadOf: 'test/r9/p1' });
  expect(() => parseRecord(exportJson(wrong), 'record.json')).toThrow(/sinceRound[\s\S]*insteadOf/);
});

it('what a planner was told of without having proposed it is a person’s, and the record of its trials holds', async () => {
  const planner = new Planner(campaign);
  const value = ({ x, y }: Design) => ((x as number) - 0.3) ** 2 + ((y as number) - 0.5) ** 2;
  const own = (x: number): Result => ({ design: { x, y: 0.1 }, value: value({ x, y: 0.1 }) });
  planner.tell([own(0.2), own(0.8)]);
  const { proposals: first } = await planner.ask(3);
  planner.tell([...first.slice(1).map((one) => ({ ...one, value: value(one.design) })), own(0.5)]);
  planner.tell([{ design: { x: 0.4, y: 0.4 }, outcome: 'pending' }]);
  const asking = planner.ask(2);
  // Comes too late for the round that is being decided.
  planner.tell([own(0.6)]);
  const { proposals: second } = await asking;
  planner.tell([
    { design: { x: 0.9, y: 0 }, outcome: 'failed' },
    { design: { x: 0.4, y: 0.4 }, value: 0.02 },
  ]);
  planner.tell([...first.slice(0, 1), ...second].map((one) => ({ ...one, value: value(one.design) })));
  const { proposals: third } = await planner.ask(1);
  const record = { campaign, phase: 'running', stop: null, trials: planner.trials, audit: [] } as const;
  const read = parseRecord(exportJson(record), 'record.json');
  expect(await verifyRecord(read)).toEqual({ checked: 6, byPerson: 6, mismatches: [] });
  // A later planner goes on from these trials as the first one would.
  const later = new Planner(campaign, read.trials);
  expect((await later.ask(1)).proposals).toEqual(JSON.parse(JSON.stringify((await planner.ask(1)).proposals)));
  expect(third).toHaveLength(1);
});
