import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCampaignSource } from '../activities/campaign-source.js';
import type { PoolRequest } from '../activities/decide-feed.js';
import { createDecidePool, type DecidePool } from '../activities/decide-pool.js';
import { propose } from '../activities/propose.js';
import { saveArtefact } from '../activities/store/artefact.js';
import { createCampaign } from '../activities/store/campaign.js';
import { openStore, type Store } from '../activities/store/client.js';
import { saveObservation } from '../activities/store/observation.js';
import { loadRecord } from '../activities/store/record.js';
import { summarise } from '../activities/store/summary.js';
import type { Design } from '../models/domain/design.js';
import type { InvalidInputError } from '../models/domain/errors.js';
import { type Extension, extensionBytes } from '../models/domain/extension.js';
import type { CampaignRecord } from '../models/domain/record.js';
import { sha256Of } from '../models/domain/sha256.js';
import { Planner } from '../models/strategy/ask-tell.js';
import type { Decision } from '../models/strategy/decision.js';
import { exportCsv, exportJson } from '../scripts/record/export.js';
import { parseRecord } from '../scripts/record/record-file.js';
import { verifyRecord } from '../scripts/record/verify.js';
import { ended, someCampaign } from './support/campaigns.js';
import { createTestDatabase, type TestDatabase } from './support/services.js';

const smiles = ['CCO', 'CCN', 'CCCO', 'CCCN'];
const designs: Design[] = Array.from({ length: 16 }, (_, i) => ({ x: i / 16, molecule: smiles[i % 4]! }));
const lossOf = ({ x, molecule }: Design) => 2 * (x as number) - 0.1 * (molecule as string).length;
const extensionOf = (molecule: string, id: string): Extension => ({
  by: { name: 'mutations', version: '1', seed: 4, parents: ['r0'] },
  rows: [0.1, 0.2].map((x, i) => ({ id: `${id}${i}`, design: { x, molecule } })),
});
const [rings, amines] = [extensionOf('c1ccccc1', 'a'), extensionOf('NCCN', 'b')];
const shaOf = (extension: Extension) => sha256Of(extensionBytes(extension));

function campaignNamed(id: string) {
  const parameters = [
    { name: 'x', type: 'continuous' as const, bounds: [0, 1] as [number, number] },
    { name: 'molecule', type: 'substance' as const, smiles },
  ];
  const campaign = someCampaign(
    {
      space: { parameters },
      fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
      strategy: { initial: { trials: 3 } },
      budget: { trials: 30 },
    },
    { parameters, pool: { ids: designs.map((_, i) => `r${i}`), designs } },
  );
  return { ...campaign, id };
}

let database: TestDatabase;
let store: Store;
let threads: DecidePool;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 4 });
  threads = createDecidePool(1, { memoryMb: 512 });
});
afterAll(async () => {
  await threads?.close();
  await store?.close();
  await database?.drop();
});

/** Rounds of one trial, decided in a thread and kept in the store; every round begins with nothing in memory but the threads. */
async function stored(id: string, rounds: number, pool: DecidePool = threads): Promise<CampaignRecord> {
  await createCampaign(store.query, campaignNamed(id));
  const appends: Record<number, Extension[]> = { 5: [rings], 7: [amines] };
  for (let round = 1; round <= rounds; round++) {
    const extend: string[] = [];
    for (const one of appends[round] ?? []) extend.push(await saveArtefact(store.query, extensionBytes(one)));
    const deps = { store, source: createCampaignSource(store), pool };
    const input = { campaignId: id, round, count: 1, pending: [], remainingCost: null };
    const proposed = await propose(deps, { ...input, ...(extend.length === 0 ? {} : { extend }) });
    // As when the activity is tried again.
    expect(await propose(deps, { ...input, ...(extend.length === 0 ? {} : { extend }) })).toEqual(proposed);
    const { proposal } = (await loadRecord(store.query, id)).trials.at(-1)!;
    await saveObservation(store.query, ended(proposal, lossOf(proposal.design)).observation!);
  }
  return loadRecord(store.query, id);
}

const faultsOf = (record: unknown) => {
  try {
    parseRecord(JSON.stringify(record), 'changed');
    return [];
  } catch (error) {
    return (error as InvalidInputError).faults.map(({ path, message }) => `${path}: ${message}`);
  }
};

describe('a pool that grows in a durable campaign', () => {
  it('goes through decision threads and store, is exported and verified', async () => {
    const asked: string[] = [];
    const pool: DecidePool = {
      ...threads,
      decide: (request: PoolRequest) => {
        const artefacts = (sha256: string) => {
          asked.push(sha256);
          return request.artefacts!(sha256);
        };
        return threads.decide({ ...request, artefacts });
      },
    };
    const record = await stored('grown', 8, pool);
    const lists = record.trials.map(({ proposal }) => proposal.basis.extensions);
    const [a, b] = [shaOf(rings), shaOf(amines)];
    expect(lists).toEqual([undefined, undefined, undefined, undefined, [a], [a], [a, b], [a, b]]);
    // The thread is sent each of them once.
    expect(asked).toEqual([a, b]);
    expect(Object.keys(record.artefacts!).sort()).toEqual([a, b].sort());
    expect(record.trials.some(({ proposal }) => /^[ab]\d$/.test(proposal.rowId ?? ''))).toBe(true);
    expect((await summarise(store.query, 'grown')).id).toBe('grown');
    const file = parseRecord(exportJson(record), 'grown.json');
    expect(await verifyRecord(file)).toEqual({ checked: 8, byPerson: 0, mismatches: [] });
    expect(exportCsv(file).split('\n')).toHaveLength(10);
    // Another thread, which knows nothing, has all that it needs from the store.
    const fresh = createDecidePool(1);
    const source = createCampaignSource(store);
    const input = { campaignId: 'grown', round: 9, count: 1, pending: [], remainingCost: null };
    await propose({ store, source, pool: fresh }, input);
    await fresh.close();
    const later = await loadRecord(store.query, 'grown');
    expect(later.trials.at(-1)!.proposal.basis.extensions).toEqual([a, b]);
    expect((await verifyRecord(later)).mismatches).toEqual([]);
  });

  it('is refused where a decision was made from another pool than that of the campaign', async () => {
    const changed = (change: (decision: Decision) => Decision): DecidePool => ({
      ...threads,
      decide: async (request) => change(await threads.decide(request)),
    });
    const withList = (decision: Decision, extensions: string[] | undefined): Decision => ({
      ...decision,
      proposals: decision.proposals.map((proposal) => {
        const { extensions: _, ...basis } = proposal.basis;
        return { ...proposal, basis: extensions === undefined ? basis : { ...basis, extensions } };
      }),
    });
    const forgets = changed((decision) => withList(decision, undefined));
    await expect(stored('forgets', 5, forgets)).rejects.toThrow('from a pool with other extensions');
    const invents = changed((decision) => withList(decision, [shaOf(rings)]));
    await expect(stored('invents', 1, invents)).rejects.toThrow('from a pool with other extensions');
    const loses = changed(({ artefacts: _, ...decision }) => decision);
    await expect(stored('loses', 5, loses)).rejects.toThrow('the name of an artefact that it has not made');
    expect((await loadRecord(store.query, 'forgets')).trials).toHaveLength(4);
  });

  it('is looked for in the file of a record, and what was changed is named', async () => {
    const record = JSON.parse(exportJson(await stored('file', 7)));
    const [a, b] = [shaOf(rings), shaOf(amines)];
    const { [a]: _, ...missing } = record.artefacts;
    expect(faultsOf({ ...record, artefacts: missing })).toEqual(
      [4, 5, 6].map((i) => `trials[${i}].proposal.basis: names artefact ${a}, which is missing`),
    );
    const other = Buffer.from(extensionBytes(amines)).toString('base64');
    expect(faultsOf({ ...record, artefacts: { ...record.artefacts, [a]: other } })).toEqual([
      `artefacts.${a}: bytes of another sha256`,
    ]);
    await expect(verifyRecord({ ...record, artefacts: { ...record.artefacts, [a]: other } })).rejects.toThrow(
      `the bytes given for artefact ${a} are others`,
    );
    const lists = (change: (list: string[], i: number) => string[] | undefined) => ({
      ...record,
      trials: record.trials.map((trial: { proposal: { basis: { extensions?: string[] } } }, i: number) => {
        const { extensions: old = [], ...basis } = trial.proposal.basis;
        const list = change(old, i);
        return { ...trial, proposal: { ...trial.proposal, basis: { ...basis, ...(list && { extensions: list }) } } };
      }),
    });
    const turned = lists((list) => (list.length === 0 ? undefined : list.toReversed()));
    expect(faultsOf(turned)).toContain(
      'trials[6].proposal.basis.extensions: extensions of the pool that do not go on from those of the trial before',
    );
    const dropped = lists((list, i) => (list.length === 0 || i === 5 ? undefined : list));
    expect(faultsOf(dropped)).toContain(
      'trials[5].proposal.basis.extensions: extensions of the pool that do not go on from those of the trial before',
    );
    expect((await verifyRecord(dropped)).mismatches.some(({ path }) => path === 'basis.extensions')).toBe(true);
    // Rows that the pool of the round did not have, and bytes that are no extension or cannot be appended.
    const early = lists((list) => (list.length === 2 ? [b] : list.length === 1 ? undefined : undefined));
    expect(faultsOf(early).some((fault) => fault.includes('rowId: no row'))).toBe(true);
    const twice = Buffer.from(extensionBytes({ ...rings, by: { name: 'again', version: '1' } }));
    const repeated = {
      ...lists((list) => (list.length === 2 ? [a, sha256Of(twice)] : list.length === 1 ? list : undefined)),
      artefacts: { ...record.artefacts, [sha256Of(twice)]: twice.toString('base64') },
    };
    expect(faultsOf(repeated).filter((fault) => fault.startsWith(`artefacts.${sha256Of(twice)}.rows`))).toHaveLength(4);
    const none = Buffer.from('{}');
    const empty = {
      ...lists((list) => (list.length === 0 ? undefined : [...list, sha256Of(none)])),
      artefacts: { ...record.artefacts, [sha256Of(none)]: none.toString('base64') },
    };
    expect(faultsOf(empty).some((fault) => fault.startsWith(`artefacts.${sha256Of(none)}.by: `))).toBe(true);
  });

  it('is asked and told of, by one planner or one made anew, whatever was told beside it', async () => {
    const campaign = campaignNamed('asked');
    const told = async (planner: Planner, extend?: readonly Extension[]) => {
      const [proposal] = (await planner.ask(1, extend)).proposals;
      planner.tell([{ ...proposal!, value: lossOf(proposal!.design) }]);
      return proposal!;
    };
    const one = new Planner(campaign, [], { decide: (request) => threads.decide(request) });
    for (let i = 0; i < 4; i++) await told(one);
    await told(one, [rings]);
    // A row that was appended, by its id and by its design; and a result without a proposal names the pool as it is.
    one.tell([{ rowId: 'a1', value: lossOf(rings.rows[1]!.design) }]);
    expect(one.trials.at(-1)!.proposal.basis.extensions).toEqual([shaOf(rings)]);
    one.tell([{ design: rings.rows[0]!.design, outcome: 'failed' }]);
    expect(one.trials.at(-1)!.proposal.rowId).toBe('a0');
    const two = new Planner(campaign, one.trials, { artefacts: new Map(one.artefacts) });
    const [first, second] = [await told(one, [amines]), await told(two, [amines])];
    expect(second).toEqual(first);
    expect(first.basis.extensions).toEqual([shaOf(rings), shaOf(amines)]);
    expect(two.artefacts).toEqual(one.artefacts);
    const three = new Planner(campaign, two.trials, { artefacts: two.artefacts });
    expect(await told(three)).toEqual(await told(two));
    await expect(one.ask(1, [rings])).rejects.toThrow(/'a0' is a row of the pool already/);
    expect(() => new Planner(campaign, two.trials)).toThrow('nobody holds the artefact');
    expect(() => one.tell([{ rowId: 'c0', value: 1 }])).toThrow(/no row of the pool/);
  });
});
