import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCampaignSource } from '../activities/campaign-source.js';
import type { PoolRequest } from '../activities/decide-feed.js';
import type { DecidePool } from '../activities/decide-pool.js';
import { propose } from '../activities/propose.js';
import { createCampaign, parseSpace } from '../activities/store/campaign.js';
import { openStore, type Store } from '../activities/store/client.js';
import { saveObservation } from '../activities/store/observation.js';
import { loadRecord } from '../activities/store/record.js';
import type { Campaign } from '../models/domain/campaign.js';
import type { Design } from '../models/domain/design.js';
import type { InvalidInputError } from '../models/domain/errors.js';
import type { CampaignRecord } from '../models/domain/record.js';
import { namedArtefacts, recordedArtefacts } from '../models/strategy/artefacts.js';
import { Planner } from '../models/strategy/ask-tell.js';
import { decide } from '../models/strategy/decide.js';
import type { Decision } from '../models/strategy/decision.js';
import { outliersOf } from '../models/strategy/explain/outliers.js';
import { lastCalibrations } from '../models/strategy/explain/surrogates-behind.js';
import { gp, type SurrogateChoice, surrogateChoices } from '../models/surrogate/surrogates.js';
import { exportJson } from '../scripts/record/export.js';
import { parseRecord } from '../scripts/record/record-file.js';
import { verifyRecord } from '../scripts/record/verify.js';
import { ended, someCampaign } from './support/campaigns.js';
import { createTestDatabase, type TestDatabase } from './support/services.js';
import { trainedMember } from './support/trained-member.js';

const choices = surrogateChoices as SurrogateChoice[];
const members = [
  { type: gp, logOdds: () => 0 },
  { type: trainedMember, logOdds: () => 0 },
];

const smiles = ['C', 'CC', 'CCC', 'CCO', 'CO', 'CN', 'CCN', 'CCCO', 'c1ccccc1', 'Cc1ccccc1'];
const designs: Design[] = Array.from({ length: 40 }, (_, i) => ({ x: (i % 7) / 7, molecule: smiles[i % 10]! }));
const lossOf = ({ x, molecule }: Design) => 2 * (x as number) - 0.1 * (molecule as string).length;

/** A list of molecules and a number, by an ensemble of which one member is trained. */
function campaignNamed(id: string, outcomes = {}): Campaign {
  const parameters = [
    { name: 'x', type: 'continuous' as const, bounds: [0, 1] as [number, number] },
    { name: 'molecule', type: 'substance' as const, smiles },
  ];
  const campaign = someCampaign(
    {
      space: { parameters },
      fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
      strategy: { surrogate: 'trained-ensemble', initial: { trials: 4 } },
      budget: { trials: 30 },
      ...outcomes,
    },
    { parameters, pool: { ids: designs.map((_, i) => `r${i}`), designs } },
  );
  return { ...campaign, id };
}

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  choices.push({ name: 'trained-ensemble', description: 'gp and one with weights', members });
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 4 });
});
afterAll(async () => {
  choices.splice(choices.findIndex(({ name }) => name === 'trained-ensemble'));
  await store?.close();
  await database?.drop();
});

/** Decides in this thread, where the member is known. */
const here: DecidePool = {
  decide: async ({ campaign, ...request }: PoolRequest) => {
    const space = 'spaceText' in campaign ? parseSpace(await campaign.spaceText()) : campaign.space;
    return decide({ ...request, campaign: { id: campaign.id, spec: campaign.spec, space } });
  },
  close: async () => {},
};

/** A campaign in the store, some rounds of one trial each; `changed` may stand between a decision and the store. */
async function stored(id: string, rounds: number, changed = (decision: Decision) => decision, outcomes = {}) {
  const campaign = campaignNamed(id, outcomes);
  await createCampaign(store.query, campaign);
  const pool: DecidePool = { ...here, decide: async (request) => changed(await here.decide(request)) };
  const deps = { store, source: createCampaignSource(store), pool };
  for (let round = 1; round <= rounds; round++) {
    await propose(deps, { campaignId: id, round, count: 1, pending: [], remainingCost: null });
    const trial = (await loadRecord(store.query, id)).trials.at(-1)!;
    const { proposal } = trial;
    const observation = ended(proposal, lossOf(proposal.design)).observation!;
    const values = { ...observation.values, ...('outcomes' in outcomes ? { ash: proposal.design.x as number } : {}) };
    await saveObservation(store.query, { ...observation, values });
  }
  return loadRecord(store.query, id);
}

const stateAt = ({ trials }: CampaignRecord, round: number) =>
  trials[round - 1]!.proposal.basis.fit?.members.find(({ name }) => name === 'trained')?.artefact;
const faultsOf = (record: unknown) => {
  try {
    parseRecord(JSON.stringify(record), 'changed');
    return [];
  } catch (error) {
    return (error as InvalidInputError).faults.map(({ path, message }) => `${path}: ${message}`);
  }
};

describe('a surrogate whose state is an artefact', () => {
  it('goes from a decision through the store into the next, and from the record through `verify`', async () => {
    const record = await stored('kept', 8);
    const states = [5, 6, 7, 8].map((round) => stateAt(record, round)!);
    expect(new Set(states).size).toBe(4);
    // Each fit started from what the one before it left.
    const used = record.trials.map(({ proposal }) => proposal.basis.artefacts);
    expect(used.slice(0, 5)).toEqual(new Array(5).fill(undefined));
    expect(used.slice(5)).toEqual(states.slice(0, 3).map((sha256) => [{ name: 'surrogate trained', sha256 }]));
    expect(Object.keys(record.artefacts!).sort()).toEqual([...namedArtefacts(record.trials)].sort());
    const file = parseRecord(exportJson(record), 'kept.json');
    expect(file.artefacts).toEqual(record.artefacts);
    expect(await verifyRecord(file)).toEqual({ checked: 8, byPerson: 0, mismatches: [] });
    // From other weights another state comes of the same training: so what is recorded is what was used.
    const other = Buffer.from(file.artefacts![states[0]!]!, 'base64').fill(1).toString('base64');
    const forged = { ...file, artefacts: { ...file.artefacts, [states[0]!]: other } };
    await expect(verifyRecord(forged)).rejects.toThrow(`the bytes given for artefact ${states[0]} are others`);
    const { artefacts: _, ...without } = file;
    await expect(verifyRecord(without)).rejects.toThrow(`nobody holds the artefact ${states[0]}`);
  });

  it('is used as it is in a round that fits nothing anew, and by all that tells of the campaign', async () => {
    const record = parseRecord(exportJson(await stored('told', 7)), 'told.json');
    expect([...(await lastCalibrations(record)).keys()].every((name) => ['gp', 'trained'].includes(name))).toBe(true);
    const { campaign, trials } = record;
    await outliersOf(campaign, trials, [], recordedArtefacts(record));
    // As if the first fit had seen so much that a further trial is no reason for another.
    const fitted = trials.map((trial) => {
      const { basis } = trial.proposal;
      const fit = basis.fit === null ? null : { ...basis.fit, observations: 1000 };
      return { ...trial, proposal: { ...trial.proposal, basis: { ...basis, fit } } };
    });
    const many = Array.from({ length: 60 }, (_, i) => {
      const { proposal } = fitted[i % 4]!;
      return ended({ ...proposal, id: `told/r1/p${i + 2}`, index: i + 2 }, lossOf(proposal.design) + 0.01 * (i % 3));
    });
    const all = [...many, ...fitted];
    const request = { campaign, round: 9, count: 1, pending: [], remainingCost: null, trials: all };
    const decision = await decide({ ...request, artefacts: recordedArtefacts(record) });
    const { basis } = decision.proposals[0]!;
    expect(basis.fit).toMatchObject({ round: 7, observations: 1000 });
    expect(basis.fit!.members[1]!.artefact).toBe(stateAt(record, 7));
    expect(basis.artefacts).toEqual([{ name: 'surrogate trained', sha256: stateAt(record, 7) }]);
    // It made nothing that is not kept already.
    expect(decision).not.toHaveProperty('artefacts');
  });

  it('is one for each outcome', async () => {
    const record = await stored('ash', 6, undefined, { outcomes: [{ name: 'ash', max: 0.9 }] });
    const names = record.trials.at(-1)!.proposal.basis.artefacts!.map(({ name }) => name);
    expect(names).toEqual(['surrogate trained', 'surrogate trained of ash']);
    expect((await verifyRecord(parseRecord(exportJson(record), 'ash.json'))).mismatches).toEqual([]);
  });

  it('is refused where a decision names what it has not made, or calls bytes by another name', async () => {
    const forgets = ({ artefacts: _, ...decision }: Decision): Decision => decision;
    await expect(stored('forgets', 5, forgets)).rejects.toThrow('the name of an artefact that it has not made');
    const confuses = (decision: Decision): Decision => {
      const made = [...(decision.artefacts ?? [])].map(([sha]) => [sha, Uint8Array.of(1)] as const);
      return { ...decision, artefacts: new Map(made) };
    };
    await expect(stored('confuses', 5, confuses)).rejects.toThrow('an artefact that is not of its sha256');
    expect((await loadRecord(store.query, 'forgets')).trials).toHaveLength(4);
  });

  it('is looked for in the file of a record', async () => {
    const record = JSON.parse(exportJson(await stored('file', 5)));
    const sha = stateAt(record, 5)!;
    expect(faultsOf({ ...record, artefacts: {} })).toEqual([
      `trials[4].proposal.basis: names artefact ${sha}, which is missing`,
    ]);
    expect(faultsOf({ ...record, artefacts: { [sha]: 'AAAA' } })).toEqual([
      `artefacts.${sha}: bytes of another sha256`,
    ]);
    expect(faultsOf({ ...record, artefacts: { [sha]: 'no base64 !' } })[0]).toMatch(/^artefacts/);
  });

  it('is kept by who asks and tells, and goes on in a planner made anew', async () => {
    const campaign = campaignNamed('asked');
    const told = async (planner: Planner) => {
      const [proposal] = (await planner.ask(1)).proposals;
      planner.tell([{ ...proposal!, value: lossOf(proposal!.design) }]);
      return proposal!;
    };
    const one = new Planner(campaign);
    for (let i = 0; i < 6; i++) await told(one);
    const two = new Planner(campaign, one.trials, { artefacts: new Map(one.artefacts) });
    expect(await told(two)).toEqual(await told(one));
    expect(two.artefacts).toEqual(one.artefacts);
    expect(one.artefacts.size).toBe(3);
    const poor = new Planner(campaign, one.trials);
    await expect(poor.ask(1)).rejects.toThrow('nobody holds the artefact');
  });
});
