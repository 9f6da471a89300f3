import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore, type Query, type Store } from '../../../activities/store/client.js';
import { lastExtensions, saveRound } from '../../../activities/store/proposal.js';
import { findTrial, listTrials, loadTrials } from '../../../activities/store/record.js';
import type { Basis } from '../../../models/domain/proposal.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { grownCampaignOf } from '../../../scripts/durable/grown-campaign.js';
import { knownTrial } from '../../../scripts/durable/people.js';
import { manyTrials } from '../../support/many-trials.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';

/** Of ten trials each in a thousand rounds the first is run, the second withdrawn; the others wait. */
const rounds = 1_000;
let database: TestDatabase;
let store: Store;
let all: readonly TrialRecord[];
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 1 });
  await manyTrials(store, 'many', rounds);
  await store.query('ANALYZE');
  all = await loadTrials(store.query, 'many');
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

/** A query that counts the rows it brings. */
function counted(): { readonly query: Query; readonly rows: () => number } {
  let rows = 0;
  const query: Query = async (sql, parameters) => {
    const found = await store.query(sql, parameters);
    rows += found.length;
    return found;
  };
  return { query, rows: () => rows };
}

describe('of ten thousand trials', () => {
  it('pages tell all, in the order of their ids, each once, and read no more than they show', async () => {
    expect(all).toHaveLength(10 * rounds);
    const ids: string[] = [];
    for (let after: { round: number; index: number } | undefined; ; ) {
      const { query, rows } = counted();
      const { trials, hasMore } = await listTrials(query, 'many', { limit: 487, after });
      ids.push(...trials.map(({ proposal }) => proposal.id));
      // One more says whether there are more.
      expect(rows()).toBeLessThanOrEqual(trials.length + 1);
      if (!hasMore) break;
      after = trials.at(-1)!.proposal;
    }
    expect(ids).toEqual(all.map(({ proposal }) => proposal.id));
  });

  it('a page of one state or fidelity is as large as was asked for, and says when there is no more', async () => {
    const { query, rows } = counted();
    const wanted = { state: 'withdrawn', fidelity: 'exact', limit: 120 } as const;
    const first = await listTrials(query, 'many', wanted);
    expect([first.trials.length, first.hasMore, rows()]).toEqual([120, true, 121]);
    expect(first.trials.every(({ state, proposal }) => state === 'withdrawn' && proposal.index === 2)).toBe(true);
    const rest = await listTrials(store.query, 'many', { ...wanted, limit: 500, after: { round: 500, index: 2 } });
    expect([rest.trials.length, rest.hasMore]).toEqual([500, false]);
    const none = await listTrials(store.query, 'many', { fidelity: 'rough', limit: 5 });
    expect(none).toEqual({ trials: [], hasMore: false });
  });

  it('one is read alone, the same as among all; one that is not there names those that are', async () => {
    for (const one of [all[0]!, all[4_321]!, all.at(-1)!]) {
      const { query, rows } = counted();
      expect(await knownTrial(query, one.proposal.id)).toEqual(one);
      // Its campaign, and itself.
      expect(rows()).toBe(2);
    }
    expect(await findTrial(store.query, 'many/r1/p11')).toBeNull();
    const { query, rows } = counted();
    await expect(knownTrial(query, 'many/r1/p11')).rejects.toThrow(
      "campaign 'many' has no trial 'many/r1/p11'; it has 10000, many/r1/p1 to many/r1000/p10",
    );
    expect(rows()).toBe(2);
  });

  it('neither is the space, with what its pool has grown by, that a person chooses from', async () => {
    const { query, rows } = counted();
    expect((await grownCampaignOf(query, 'many')).space.parameters).toHaveLength(2);
    expect(rows()).toBeLessThan(10);
    const extensions = ['a'.repeat(64), 'b'.repeat(64)];
    await manyTrials(store, 'grown', 1);
    const { proposal } = all[0]!;
    const decided = (round: number, of: Partial<Basis>) =>
      store.transaction((query) =>
        saveRound(query, {
          ...{ campaignId: 'grown', round, count: 1, pending: [], remainingCost: null, shortfall: null },
          proposals: [{ ...proposal, id: `grown/r${round}/p1`, round, index: 1, basis: { ...proposal.basis, ...of } }],
        }),
      );
    expect(await lastExtensions(store.query, 'grown')).toEqual([]);
    await decided(2, { extensions });
    // Of a person, whose design is made with none.
    await decided(3, { person: { who: 'kim', sinceRound: 4 } });
    expect(await lastExtensions(store.query, 'grown')).toEqual(extensions);
    expect(await lastExtensions(store.query, 'none')).toEqual([]);
  });

  it('the database looks at no more than the page either', async () => {
    let looked = 0;
    const query: Query = async (sql, parameters) => {
      const [row] = await store.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`, parameters);
      looked = Math.max(looked, ...rowsOfScans((row!['QUERY PLAN'] as { Plan: Plan }[])[0]!.Plan));
      return store.query(sql, parameters);
    };
    await listTrials(query, 'many', { limit: 50, after: { round: 900, index: 10 } });
    expect(looked).toBeLessThanOrEqual(100);
  });
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
}

/** Rows that the scans of a plan gave. */
function rowsOfScans(plan: Plan): readonly number[] {
  const own = plan['Node Type'].includes('Scan') ? [plan['Actual Rows'] * plan['Actual Loops']] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(rowsOfScans)];
}
