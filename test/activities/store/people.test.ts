import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampaign, findCampaign, loadOutline } from '../../../activities/store/campaign.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import { findRound, saveProposal, saveRound } from '../../../activities/store/proposal.js';
import { loadTrials } from '../../../activities/store/record.js';
import { rejectTrial, setDeadlines, setNeeds, startTrial } from '../../../activities/store/trial.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import { decide } from '../../../models/strategy/decide.js';
import { restoredInput } from '../../../scripts/durable/restored-state.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { problemCampaign } from '../../workflows/durable-host.js';

const asks = { why: ['at fidelity exact'], timeoutMs: 3_600_000, otherwise: 'reject' as const, until: null };

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

it('what people decide on single trials is kept, and is in force where a campaign goes on from the store', async () => {
  const campaign = problemCampaign('people', { parallel: 4, budget: { trials: 20 } });
  const asked = { round: 1, count: 4, pending: [], remainingCost: null };
  const decision = await decide({ campaign, ...asked, trials: [] });
  const [first, second, third, fourth] = decision.proposals.map(({ id }) => id) as [string, string, string, string];
  await store.transaction(async (query) => {
    await createCampaign(query, campaign);
    await saveRound(query, {
      campaignId: 'people',
      ...asked,
      ...decision,
      approvals: decision.proposals.map(() => asks),
    });
  });
  // One is approved and runs until its instrument wants a result told; one is approved, one edited, and one waits.
  await setNeeds(store.query, first, null);
  await startTrial(store.query, first);
  await setNeeds(store.query, first, 'result');
  await setNeeds(store.query, second, null);
  const rejection = { who: 'ann', why: 'too hot', at: 1_700_000_000_000 };
  const edited = byPerson(decision.proposals[2]!, { index: 5, sinceRound: 2, insteadOf: third });
  const injected = byPerson(decision.proposals[2]!, { round: 2, index: 1, sinceRound: 3 });
  const other = byPerson(injected, { round: 2, index: 2, sinceRound: 3, insteadOf: injected.id });
  await store.transaction(async (query) => {
    await rejectTrial(query, third, rejection);
    await saveProposal(query, 'people', edited, asks);
    const round = { campaignId: 'people', round: 2, count: 1, pending: [], remainingCost: null, shortfall: null };
    await saveRound(query, { ...round, proposals: [injected] });
    await rejectTrial(query, injected.id, rejection);
    await saveProposal(query, 'people', other);
  });
  // Nobody takes back what runs.
  await rejectTrial(store.query, first, rejection);

  const trials = await loadTrials(store.query, 'people');
  const stand = trials.map(({ proposal, state, needs, rejected }) => [proposal.id, state, needs, rejected]);
  expect(stand).toEqual([
    [first, 'running', 'result', undefined],
    [second, 'proposed', undefined, undefined],
    [third, 'withdrawn', undefined, rejection],
    [fourth, 'proposed', 'approval', undefined],
    [edited.id, 'proposed', 'approval', undefined],
    [injected.id, 'withdrawn', undefined, rejection],
    [other.id, 'proposed', undefined, undefined],
  ]);
  expect(trials[3]!.approval).toEqual(asks);
  await setDeadlines(store.query, { [fourth]: 1_700_000_100_000 });
  await setDeadlines(store.query, { [fourth]: 1_900_000_000_000 });
  const [later] = await loadTrials(store.query, 'people', [first, second, third]);
  expect(later!.approval).toEqual({ ...asks, until: 1_700_000_100_000 });

  // A round that is asked for again is answered with what was decided.
  expect((await findRound(store.query, 'people', 1))!.proposals).toEqual(decision.proposals);

  const head = (await findCampaign(store.query, 'people'))!;
  const outline = await loadOutline(store.query, 'people');
  const { carried } = restoredInput({ head, campaign: outline, round: 2, trials, audit: [] });
  const { state, commands } = carried!;
  expect(state.inFlight).toMatchObject([{ id: first, needs: 'result' }, { id: second }]);
  expect(state.waiting.map(({ id, needs, injected: own }) => [id, needs, own])).toEqual([
    [fourth, 'approval', undefined],
    [edited.id, 'approval', undefined],
    [other.id, undefined, true],
  ]);
  const started = commands.flatMap((command) => (command.type === 'startTrial' ? [command.id] : []));
  expect(started).toEqual([first, second]);
});

/** The proposal of another, as that of a person. */
function byPerson(
  of: Proposal,
  { sinceRound, insteadOf, ...place }: { round?: number; index: number; sinceRound: number; insteadOf?: string },
): Proposal {
  const { round, index } = { round: of.round, ...place };
  const person = { who: 'ann', sinceRound, ...(insteadOf === undefined ? {} : { insteadOf }) };
  return { ...of, round, index, id: `people/r${round}/p${index}`, basis: { ...of.basis, person } };
}
