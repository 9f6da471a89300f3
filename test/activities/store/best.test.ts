import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findBest } from '../../../activities/store/best.js';
import { createCampaign } from '../../../activities/store/campaign.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import { saveObservation } from '../../../activities/store/observation.js';
import { saveRound } from '../../../activities/store/proposal.js';
import type { CampaignSpec } from '../../../models/domain/campaign.js';
import { front, judgedAt, leader, primaryObjective } from '../../../models/domain/standing.js';
import type { Observation } from '../../../models/domain/trial.js';
import { decide } from '../../../models/strategy/decide.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { problemCampaign } from '../../workflows/durable-host.js';

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

const trials = 12;

/** Few values, so that there are ties and trials that are as good in all. */
const value = fc.option(fc.constantFrom(-1, -0, 0, 0.1, 0.3, 2, 1e100), { nil: undefined });
const answer = fc.record({
  outcome: fc.constantFrom<Observation['outcome']>('measured', 'measured', 'measured', 'failed'),
  values: fc.record({ a: value, b: value, c: value }),
});
const goal = (name: string) =>
  fc.constantFrom<Record<string, unknown>>(
    { name, direction: 'minimise' },
    { name, direction: 'maximise' },
    { name, direction: 'target', value: 0.2, tolerance: 0.1 },
  );
const wanted = fc.record({
  objectives: fc.oneof(fc.tuple(goal('a')), fc.tuple(goal('a'), goal('b'))),
  bounds: fc.constantFrom<Record<string, unknown>>({}, { min: 0 }, { max: 0.3 }, { min: -1, max: 0.1 }),
});

it('the best trial is the leader of the front, with equals and gaps, by every kind of goal', async () => {
  let n = 0;
  await fc.assert(
    fc.asyncProperty(wanted, fc.array(answer, { minLength: 1, maxLength: trials }), async (given, answers) => {
      const { objectives, bounds } = given;
      const id = `best-${n++}`;
      const campaign = problemCampaign(id, { objectives, outcomes: [{ name: 'c', ...bounds }] });
      const { spec } = campaign;
      const asked = { round: 1, count: answers.length, pending: [], remainingCost: null };
      const decision = await decide({ campaign, ...asked, trials: [] });
      const observations = answers.map(({ outcome, values }, i): Observation => {
        const told = Object.entries(values).filter(([, one]) => one !== undefined) as [string, number][];
        return observation(decision.proposals[i]!.id, outcome, outcome === 'measured' ? told : []);
      });
      await store.transaction(async (query) => {
        await createCampaign(query, campaign);
        await saveRound(query, { campaignId: id, ...asked, ...decision });
        for (const one of observations) await saveObservation(query, one);
      });
      const found = await findBest(store.query, id, spec);
      const best = leaderOf(spec, observations);
      expect(found?.trialId).toBe(best?.trialId);
      expect(found?.value).toBe(best?.values[primaryObjective(spec).name]);
      const proposal = decision.proposals.find((one) => one.id === best?.trialId);
      expect(found?.design).toEqual(proposal?.design);
    }),
    { seed: 3, numRuns: 60 },
  );
});

function observation(trialId: string, outcome: Observation['outcome'], values: [string, number][]): Observation {
  const cause = outcome === 'measured' ? null : ({ class: 'device', code: 'x', message: 'x' } as const);
  const rest = { noise: {}, cost: 1, durationMs: 1, cause, artefacts: {}, details: {} };
  return { trialId, outcome, values: Object.fromEntries(values), ...rest };
}

/** All of them judged, as the loop does. */
function leaderOf(spec: CampaignSpec, observations: readonly Observation[]): Observation | null {
  const standing = observations.flatMap((one) => {
    const judged = judgedAt(spec, 'exact', one);
    return judged === null ? [] : [{ ...judged, one }];
  });
  return leader(front(standing))?.one ?? null;
}
