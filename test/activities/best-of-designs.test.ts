import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { PlacedTrial } from '../../activities/placed-trial.js';
import { averageDesigns, ruleTrial } from '../../activities/rule.js';
import { findBest } from '../../activities/store/best.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { saveObservation } from '../../activities/store/observation.js';
import { saveRound } from '../../activities/store/proposal.js';
import { loadTrials } from '../../activities/store/record.js';
import { withdrawTrials } from '../../activities/store/trial.js';
import { standingsOf } from '../../models/domain/design-standings.js';
import { leader } from '../../models/domain/standing.js';
import type { Observation } from '../../models/domain/trial.js';
import type { Verdict } from '../../models/domain/verdicts.js';
import { decide } from '../../models/strategy/decide.js';
import { loopSettings } from '../../scripts/loop-settings.js';
import { bestOf } from '../../scripts/outcome.js';
import { step } from '../../workflows/campaign-state.js';
import { initialState, type LoopEvent, type LoopState } from '../../workflows/loop.js';
import { createTestDatabase, type TestDatabase } from '../support/services.js';
import { problemCampaign } from '../workflows/durable-host.js';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 2 });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const value = fc.option(fc.constantFrom(-1, 0, 0.1, 0.2, 0.3, 2, 1e100), { nil: undefined });
const answer = fc.record({
  place: fc.nat(3),
  outcome: fc.constantFrom<Observation['outcome']>('measured', 'measured', 'measured', 'measured', 'failed'),
  values: fc.record({ a: value, b: value, c: value }),
  batch: fc.constantFrom('A', 'A', 'B', undefined),
  isWithdrawn: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  /** When it ends, and when that is heard after it. */
  at: fc.integer({ min: 0, max: 1000 }),
  lag: fc.integer({ min: 0, max: 300 }),
  ruling: fc.option(fc.constantFrom<Verdict>('amend', 'discard', 'failed', 'notStarted', 'release'), { freq: 3 }),
  corrected: fc.constantFrom(-1, 0.1, 0.2, 3),
});
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never;
const desirable = { from: 2, to: -1 };
const goals = (name: string) =>
  fc.constantFrom<Record<string, unknown>>(
    { name, direction: 'minimise' },
    { name, direction: 'maximise' },
    { name, direction: 'target', value: 0.2, tolerance: 0.1 },
  );
const wanted = fc.record({
  goals: fc.oneof(
    fc.record({ objectives: fc.tuple(goals('a')) }),
    fc.record({ objectives: fc.tuple(goals('a'), goals('b')) }),
    fc.constantFrom('desirability', 'lexicographic').map((combine) => ({
      combine,
      objectives: ['a', 'b'].map((name) => ({ name, direction: 'minimise', desirable })),
    })),
  ),
  bounds: fc.constantFrom<Record<string, unknown>>({}, { min: 0 }, { max: 0.3 }, { min: -1, max: 0.1 }),
  contexts: fc.constantFrom({}, { contexts: [{ name: 'batch', type: 'categorical' }] }),
  hasRows: fc.boolean(),
});

it('is the same in the database, in the process and in the loop, whatever was measured again, failed, withdrawn or ruled out', async () => {
  let n = 0;
  let repeated = 0;
  await fc.assert(
    fc.asyncProperty(wanted, fc.array(answer, { minLength: 3, maxLength: 9 }), async (given, answers) => {
      const { goals, bounds, contexts, hasRows } = given;
      const id = `designs-${n++}`;
      const outcomes = [{ name: 'c', ...bounds }];
      const campaign = problemCampaign(id, { ...goals, ...contexts, outcomes, budget: { trials: 100 }, parallel: 9 });
      const { spec } = campaign;
      const asked = { round: 1, count: answers.length, pending: [], remainingCost: null };
      const decision = await decide({ campaign, ...asked, trials: [] });
      const proposals = decision.proposals.map((one, i) => {
        const { place } = answers[i]!;
        return { ...one, design: decision.proposals[place % 3]!.design, rowId: hasRows ? `row ${place % 3}` : null };
      });
      const ids = proposals.map((one) => one.id);
      const withdrawn = ids.filter((_, i) => answers[i]!.isWithdrawn);
      await store.transaction(async (query) => {
        await createCampaign(query, campaign);
        await saveRound(query, { campaignId: id, ...asked, ...decision, proposals });
        await withdrawTrials(query, withdrawn);
      });
      const slots = ids.filter((one) => !withdrawn.includes(one)).map((one) => ({ id: one, cost: 1 }));
      const loop = new Loop(id, loopSettings(spec));
      await loop.feed({ type: 'started' });
      await loop.feed({ type: 'proposed', round: 1, proposals: slots, shortfall: null });
      for (const act of course(answers)) {
        const [one, trialId] = [answers[act.i]!, ids[act.i]!];
        if (one.isWithdrawn) continue;
        if (act.kind === 'ends') await store.transaction((query) => saveObservation(query, observation(trialId, one)));
        if (act.kind === 'isHeard') await loop.hear(trialId);
        if (act.kind === 'isRuledOn') await loop.rule(trialId, one);
      }
      const trials = await loadTrials(store.query, id);
      const best = bestOf(spec, trials);
      const { front } = standingsOf(spec, trials);
      expect(await findBest(store.query, id, spec)).toEqual(best);
      expect(loop.state.front.map(({ trialId }) => trialId)).toEqual(front.map(({ trialId }) => trialId).sort());
      expect(leader(loop.state.front)?.trialId).toBe(best?.trialId);
      expect(leader(loop.state.front)?.measurements).toBe(best?.measuredIn?.length);
      if (best?.measuredIn !== undefined) repeated += 1;
    }),
    { seed: 4, numRuns: 100, endOnFailure: true },
  );
  expect(repeated).toBeGreaterThan(20);
});

/** The loop of a campaign, which hears of its trials from the store as on Temporal. */
class Loop {
  state: LoopState;
  private readonly source = createCampaignSource(store);

  constructor(
    private readonly campaignId: string,
    private readonly settings: ReturnType<typeof loopSettings>,
  ) {
    this.state = initialState(settings);
  }

  async feed(event: LoopEvent): Promise<void> {
    const { state, commands } = step(this.settings, this.state, event);
    this.state = state;
    for (const command of commands) {
      if (command.type !== 'average') continue;
      const front = await averageDesigns({ source: this.source }, { campaignId: this.campaignId, pending: this.open });
      await this.feed({ type: 'averaged', id: command.id, front });
    }
  }

  async hear(trialId: string): Promise<void> {
    const placed = new PlacedTrial(
      { store, source: this.source, instrumentFor: unreached },
      { trialId, generation: 1 },
    );
    await this.feed({ type: 'trialEnded', ...(await placed.recall())! });
  }

  async rule(trialId: string, { ruling: verdict, corrected }: Answer): Promise<void> {
    await this.feed({ type: 'ruling', id: trialId });
    const isValued = verdict === 'amend' || verdict === 'release';
    const ruling = { requestId: trialId, trialId, generation: 1, verdict: verdict!, who: 'ada', why: 'look', at: 1 };
    const said = { values: isValued ? { a: corrected } : {} };
    const cause = verdict === 'failed' ? ('device' as const) : null;
    const effect = await ruleTrial(
      { store, source: this.source },
      { ...ruling, ...said, cause, sinceRound: 2, campaignId: this.campaignId, pending: this.open },
    );
    await this.feed({ type: 'ruled', id: trialId, effect, anew: true, again: true });
  }

  private get open(): readonly string[] {
    return this.state.inFlight.map(({ id }) => id);
  }
}

/** Ends, what is heard of them, and rulings after that, in the order of their times. */
function course(answers: readonly Answer[]) {
  const acts = answers.flatMap(({ at, lag, ruling }, i) => [
    { kind: 'ends' as const, i, at },
    { kind: 'isHeard' as const, i, at: at + lag },
    ...(ruling === null ? [] : [{ kind: 'isRuledOn' as const, i, at: at + 2 * lag }]),
  ]);
  return acts.sort((a, b) => a.at - b.at);
}

function observation(trialId: string, { outcome, values, batch }: Answer): Observation {
  const cause = outcome === 'measured' ? null : ({ class: 'chemistry', code: 'x', message: 'x' } as const);
  const rest = { noise: {}, cost: 1, durationMs: 1, cause, artefacts: {}, details: {} };
  const around = batch === undefined ? {} : { contexts: { batch: { value: batch } } };
  return { trialId, outcome, values: outcome === 'measured' ? clean(values) : {}, ...rest, ...around };
}

function clean(values: Answer['values']): Record<string, number> {
  return Object.fromEntries(Object.entries(values).filter(([, one]) => one !== undefined) as [string, number][]);
}

async function unreached(): Promise<never> {
  throw new Error('nothing is run here');
}
