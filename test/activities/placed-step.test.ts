import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { jobKey, jobRequest } from '../../activities/job-request.js';
import { PlacedStep } from '../../activities/placed-step.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { exactJson, sha256 } from '../../activities/store/exact-json.js';
import { saveRound } from '../../activities/store/proposal.js';
import { openSubmission } from '../../activities/store/submission.js';
import { stepRequest } from '../../lab-adapters/step-values.js';
import { decide } from '../../models/strategy/decide.js';
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

it('a step that an earlier version began is asked for as it was, digit by digit; any other with 12 digits', async () => {
  const recipe = [
    { step: 'heat', on: 'oven', with: { t: '{t as °C}' } },
    { step: 'weigh', on: 'balance', with: { t: '{t as °C}' }, gives: ['value'] },
  ];
  const campaign = problemCampaign('digits', {
    space: { parameters: [{ name: 't', type: 'discrete', values: [352, 353.3], unit: 'K' }] },
    lab: { name: 'bench' },
    fidelities: [{ name: 'exact', adapter: 'lab', recipe, cost: 1 }],
    budget: { trials: 1 },
  });
  const asked = { round: 1, count: 1, pending: [], remainingCost: null };
  const decision = await decide({ campaign, ...asked, trials: [] });
  await store.transaction(async (query) => {
    await createCampaign(query, campaign);
    await saveRound(query, { campaignId: campaign.id, ...asked, ...decision });
  });
  const [proposal] = decision.proposals;
  const ref = { trialId: proposal!.id, generation: 1 };
  const key = jobKey(ref.trialId, 1, 'heat');
  const before = await stepRequest({ with: recipe[0]!.with, gives: [] }, jobRequest(campaign, proposal!), key, true);
  if ('faults' in before) throw new Error(before.faults[0]!.message);
  await openSubmission(store.query, {
    ...{
      key,
      trialId: ref.trialId,
      adapter: 'http',
      fidelity: 'exact',
      home: 'h',
      generation: 1,
      instrument: 'bench/oven',
    },
    requestSha: sha256(exactJson(before.request, true)),
    step: 'heat',
  });
  const deps = { store, source: createCampaignSource(store), instrumentFor: () => Promise.reject(new Error('none')) };
  const told = async (step: string) => (await new PlacedStep(deps, { ...ref, step }).get()).request.design.t;
  const kelvin = proposal!.design.t as number;
  expect(await told('heat')).toBe(before.request.design.t);
  expect(await told('heat')).not.toBe(Number((kelvin - 273.15).toFixed(2)));
  expect(await told('weigh')).toBe(Number((kelvin - 273.15).toFixed(2)));
});
