import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCampaignSource } from '../../../activities/campaign-source.js';
import { loadArtefact, saveArtefact } from '../../../activities/store/artefact.js';
import { saveAudit } from '../../../activities/store/audit.js';
import {
  createCampaign,
  listCampaigns,
  loadCampaign,
  loadOutline,
  mirrorCampaign,
} from '../../../activities/store/campaign.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import { findObservation, saveObservation } from '../../../activities/store/observation.js';
import { findRound, saveRound } from '../../../activities/store/proposal.js';
import { loadRecord } from '../../../activities/store/record.js';
import { countRulings, type NewRuling, saveRuling } from '../../../activities/store/ruling.js';
import {
  acceptSubmission,
  closeSubmission,
  findSubmission,
  isOutdated,
  openSubmission,
  renewFence,
} from '../../../activities/store/submission.js';
import { summarise } from '../../../activities/store/summary.js';
import { reopenTrial, startTrial } from '../../../activities/store/trial.js';
import type { Proposal } from '../../../models/domain/proposal.js';
import { spentOn, timesRun } from '../../../models/domain/record.js';
import type { Observation } from '../../../models/domain/trial.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { problemCampaign } from '../../workflows/durable-host.js';

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 4 });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

function proposal(campaignId: string, index: number, numbers: readonly number[] = [1, 2]): Proposal {
  return {
    id: `${campaignId}/r1/p${index}`,
    round: 1,
    index,
    design: { x2: numbers[0]!, x1: numbers[1]!, solvent: 'MeOH "dry"\n' },
    rowId: null,
    fidelity: 'exact',
    estimatedCost: 0.1 + 0.2,
    reason: {
      kind: 'acquisition',
      acquisition: 'log-ei-per-cost',
      value: numbers[0]!,
      mean: numbers[1]!,
      sd: 5e-324,
      targetMean: null,
      targetSd: null,
      text: 'because',
    },
    basis: {
      seed: 4294967295,
      dataHash: 'f00',
      observed: 0,
      pending: [],
      remainingCost: 1 / 3,
      count: 2,
      fit: {
        round: 1,
        surrogate: 'gp',
        observations: 3,
        members: [{ name: 'gp', weight: 1, score: -0.3, hyperparameters: numbers, logPosterior: -0.1, jitter: 0 }],
      },
      defaults: 'test',
    },
  };
}

const observation = (trialId: string, values: Record<string, number> = { value: 1.5 }): Observation => ({
  trialId,
  outcome: 'measured',
  values,
  noise: { value: 0.1 },
  cost: 1 / 3,
  durationMs: 12.5,
  cause: null,
  artefacts: {},
  details: { b: 1, a: [true, null, 'x'] },
});

async function campaignWith(id: string, proposals: readonly Proposal[]): Promise<void> {
  await store.transaction((query) => createCampaign(query, problemCampaign(id)));
  await store.transaction((query) =>
    saveRound(query, {
      campaignId: id,
      round: 1,
      count: 2,
      pending: [],
      remainingCost: null,
      shortfall: null,
      proposals,
    }),
  );
}

describe('the store', () => {
  it('gives doubles back bit for bit and keys in their order', async () => {
    let n = 0;
    const double = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.array(double, { minLength: 2, maxLength: 12 }), async (numbers) => {
        const id = `double-${n++}`;
        const given = proposal(id, 1, numbers);
        await campaignWith(id, [given]);
        const written = observation(given.id, Object.fromEntries(numbers.map((value, i) => [`v${9 - i}`, value])));
        await store.transaction((query) => saveObservation(query, written));
        const [trial] = (await loadRecord(store.query, id)).trials;
        // toStrictEqual tells −0 from 0.
        expect(trial!.proposal).toStrictEqual(given);
        expect(trial!.observation).toStrictEqual(written);
        expect(Object.keys(trial!.proposal.design)).toEqual(Object.keys(given.design));
        expect(Object.keys(trial!.observation!.values)).toEqual(Object.keys(written.values));
      }),
      { numRuns: 40, seed: 1, examples: [[[-0, 5e-324, Number.MAX_VALUE, 1e21, 0.1 + 0.2, -1e-7]]] },
    );
  });

  it('decides a round once', async () => {
    await campaignWith('once', [proposal('once', 1)]);
    const second = await store.transaction((query) =>
      saveRound(query, {
        campaignId: 'once',
        round: 1,
        count: 2,
        pending: [],
        remainingCost: null,
        shortfall: 'space',
        proposals: [proposal('once', 1, [8, 9]), proposal('once', 2)],
      }),
    );
    expect(second).toBe(false);
    expect(await findRound(store.query, 'once', 1)).toEqual({ shortfall: null, proposals: [proposal('once', 1)] });
    expect(await findRound(store.query, 'once', 2)).toBeNull();
  });

  it('keeps the first observation of a trial', async () => {
    await campaignWith('first', [proposal('first', 1)]);
    const id = 'first/r1/p1';
    const first = observation(id);
    expect(await store.transaction((query) => saveObservation(query, first))).toEqual(first);
    expect(await store.transaction((query) => saveObservation(query, observation(id, { value: 9 })))).toEqual(first);
    expect(await findObservation(store.query, id)).toEqual(first);
  });

  it.each(['attempt', 'ruling', 'reopening', 'proposal', 'round', 'audit', 'artefact'])(
    'refuses to change or delete rows of %s',
    async (table) => {
      await campaignWith(`append-${table}`, [proposal(`append-${table}`, 1)]);
      for (const sql of [
        `UPDATE ${table} SET ${column(table)} = ${column(table)}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ])
        await expect(store.query(sql)).rejects.toThrow(/is append-only: (UPDATE|DELETE|TRUNCATE) is refused/);
    },
  );

  it('rolls a transaction back whole', async () => {
    await expect(
      store.transaction(async (query) => {
        await createCampaign(query, problemCampaign('rolled'));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect((await listCampaigns(store.query)).map((head) => head.id)).not.toContain('rolled');
  });

  it('knows a campaign whatever the order of its keys, and names what differs', async () => {
    const campaign = problemCampaign('keys');
    const first = await store.transaction((query) => createCampaign(query, campaign));
    expect(first.created).toBe(true);
    const shuffled = {
      ...campaign,
      spec: Object.fromEntries(Object.entries(campaign.spec).reverse()),
    } as typeof campaign;
    const again = await store.transaction((query) => createCampaign(query, shuffled));
    expect(again).toEqual({ head: first.head, created: false });
    expect(await loadCampaign(store.query, 'keys')).toEqual(campaign);
    // A later version of an adapter may say that its device takes one trial at a time.
    const fidelities = campaign.spec.fidelities.map((fidelity) => ({ ...fidelity, exclusive: 'furnace' }));
    const told = { ...campaign, spec: { ...campaign.spec, fidelities } };
    expect(await store.transaction((query) => createCampaign(query, told))).toEqual(again);
    const other = problemCampaign('keys', { parallel: 2 });
    await expect(store.transaction((query) => createCampaign(query, other))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('differs in parallel'),
    });
    await expect(loadCampaign(store.query, 'none')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('says of an id that it does not have which was meant, whoever asks', async () => {
    await store.transaction((query) => createCampaign(query, problemCampaign('redox-mediator')));
    for (const ask of [loadCampaign, loadOutline, loadRecord, summarise]) {
      await expect(ask(store.query, 'redox-mediatr')).rejects.toThrow("'redox-mediatr'; did you mean redox-mediator?");
      await expect(ask(store.query, 'zzz')).rejects.toThrow(
        /'zzz'; (it has .*redox-mediator|'athanor list' names the)/,
      );
    }
  });

  it('keeps bytes under their sha256, once', async () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 251);
    const sha = await saveArtefact(store.query, bytes);
    expect(await saveArtefact(store.query, bytes)).toBe(sha);
    expect(Buffer.compare(Buffer.from(await loadArtefact(store.query, sha)), Buffer.from(bytes))).toBe(0);
    await expect(loadArtefact(store.query, '0'.repeat(64))).rejects.toThrow(/has no artefact/);
  });

  it('keeps the ledger: one line a key, never for two requests', async () => {
    await campaignWith('ledger', [proposal('ledger', 1)]);
    const line = {
      key: 'k',
      trialId: 'ledger/r1/p1',
      adapter: 'a',
      fidelity: 'exact',
      requestSha: 's',
      home: 'h',
      generation: 1,
      instrument: 'a-1',
    };
    const results = await Promise.all(Array.from({ length: 8 }, () => openSubmission(store.query, line)));
    expect(results.filter(({ fresh }) => fresh)).toHaveLength(1);
    await expect(openSubmission(store.query, { ...line, requestSha: 't' })).rejects.toThrow(/with another request/);
    const { fence } = results[0]!.submission;
    // Another call, on another line of the same instrument, and the first line's next: each number greater than all before.
    const other = await openSubmission(store.query, { ...line, key: 'k2' });
    const fences = [
      fence,
      other.submission.fence,
      await renewFence(store.query, 'k'),
      await renewFence(store.query, 'k2'),
    ];
    for (const [i, one] of fences.entries()) if (i > 0) expect(one).toBeGreaterThan(fences[i - 1]!);
    expect(await findSubmission(store.query, 'k')).toMatchObject({ instrument: 'a-1', fence: fences[2] });
    await acceptSubmission(store.query, 'k', 'job-1');
    // What has begun is not to be begun: who comes later gets no number.
    expect(await renewFence(store.query, 'k')).toBeNull();
    await acceptSubmission(store.query, 'k', 'job-2');
    await closeSubmission(store.query, 'k', 'ended');
    expect(await findSubmission(store.query, 'k')).toMatchObject({ job: 'job-1', state: 'ended' });
    // Under another name the numbers go on growing, in a line that there is, too.
    const renamed = { ...line, key: 'k3', instrument: 'a-2', formerly: 'a-1' };
    const first = (await openSubmission(store.query, renamed)).submission.fence;
    expect(first).toBeGreaterThan(fences.at(-1)!);
    for (let i = 0; i < 9; i++) await renewFence(store.query, 'k2');
    const last = (await renewFence(store.query, 'k2'))!;
    expect((await openSubmission(store.query, { ...renamed, key: 'k4' })).submission.fence).toBeGreaterThan(last);
  });

  it('numbers the calls of a leased slot by themselves, and knows which is outdated', async () => {
    const trialId = 'ledger/r1/p1';
    const line = { trialId, adapter: 'a', fidelity: 'exact', requestSha: 's', home: 'h', generation: 1 };
    const lined = (key: string, slot?: string) =>
      openSubmission(store.query, { ...line, key, instrument: 'lab/xrd', step: 'measure', ...(slot && { slot }) });
    const lease = async (key: string, slot: string, place: number) => {
      await store.query('UPDATE lease SET released_at = now() WHERE slot = $1 AND released_at IS NULL', [slot]);
      await store.query(
        `INSERT INTO lease (lab, resource, place, slot, fence, key, holder, campaign_id, asked_at, granted_at)
         VALUES ('lab', 'xrd', $3, $2, 0, $1, 'w', 'ledger', now(), now())`,
        [key, slot, place],
      );
    };
    await lease('s1', 'lab/xrd#1', 1);
    await lease('s2', 'lab/xrd#2', 2);
    const whole = (await lined('s0')).submission;
    expect(whole).toMatchObject({ step: 'measure', slot: null, adopted: null });
    const first = (await lined('s1', 'lab/xrd#1')).submission;
    const other = (await lined('s2', 'lab/xrd#2')).submission;
    expect([first, other]).toMatchObject([{ slot: 'lab/xrd#1' }, { slot: 'lab/xrd#2' }]);
    const second = await renewFence(store.query, 's1');
    expect(second).toBeGreaterThan(first.fence);
    await acceptSubmission(store.query, 's1', 'job');
    expect(await renewFence(store.query, 's1')).toBeNull();
    const third = (await renewFence(store.query, 's1', false))!;
    expect(third).toBeGreaterThan(second!);
    // The slot goes to another job.
    await lease('s3', 'lab/xrd#1', 1);
    const next = (await lined('s3', 'lab/xrd#1')).submission;
    expect(next.fence).toBeGreaterThan(third);
    expect(await isOutdated(store.query, 's1', third)).toBe(true);
    expect(await isOutdated(store.query, 's3', next.fence)).toBe(false);
    expect(await isOutdated(store.query, 's2', other.fence)).toBe(false);
    // Jobs that share an instrument without a lease are in each other's numbers, but not in each other's way.
    expect((await lined('s4')).submission.fence).toBeGreaterThan(whole.fence);
    expect(await isOutdated(store.query, 's0', whole.fence)).toBe(false);
    await renewFence(store.query, 's0');
    expect(await isOutdated(store.query, 's0', whole.fence)).toBe(true);
  });

  it('writes a decision down once, however often it is delivered', async () => {
    await campaignWith('audit', []);
    const entry = {
      campaignId: 'audit',
      requestId: 'r',
      at: 1_700_000_000_123,
      who: 'ann',
      action: 'pause',
      details: {},
    };
    await saveAudit(store.query, entry);
    await saveAudit(store.query, entry);
    const { audit } = await loadRecord(store.query, 'audit');
    expect(audit).toEqual([{ at: entry.at, who: 'ann', action: 'pause', details: {} }]);
  });

  it('keeps what was achieved beside what was proposed, through rulings too', async () => {
    await campaignWith('achieved', [proposal('achieved', 1), proposal('achieved', 2)]);
    const given = { ...observation('achieved/r1/p1'), achieved: { x: 0.1 + 0.2 } };
    await store.transaction((query) => saveObservation(query, given));
    await store.transaction((query) => saveObservation(query, observation('achieved/r1/p2')));
    expect(await findObservation(store.query, given.trialId)).toEqual(given);
    const ruling: NewRuling = {
      ...{
        trialId: given.trialId,
        generation: 1,
        requestId: 'a',
        verdict: 'amend',
        values: { value: -7 },
        cause: null,
      },
      ...{ who: 'ann', why: 'weighed again', sinceRound: 2, at: Date.UTC(2026, 10, 1) },
    };
    await store.transaction((query) => saveRuling(query, ruling, ['value']));
    const { trials } = await loadRecord(store.query, 'achieved');
    expect(trials[0]).toMatchObject({ observation: { values: { value: -7 }, achieved: { x: 0.1 + 0.2 } } });
    expect(trials[1]!.observation).not.toHaveProperty('achieved');
  });

  it('keeps rulings beside the observation, each about what counted before it', async () => {
    await campaignWith('ruled', [proposal('ruled', 1), proposal('ruled', 2, [3, 4])]);
    const [id, other] = ['ruled/r1/p1', 'ruled/r1/p2'];
    const first = observation(id);
    const says = (requestId: string, verdict: NewRuling['verdict'], more: Partial<NewRuling> = {}): NewRuling => ({
      ...{ trialId: id, generation: 1, requestId, verdict, values: {}, cause: null, who: 'ann', why: 'she looked' },
      ...{ sinceRound: 2, at: Date.UTC(2026, 10, 1), ...more },
    });
    const rule = (ruling: NewRuling) => store.transaction((query) => saveRuling(query, ruling, ['value']));
    await expect(rule(says('a', 'discard'))).rejects.toThrow(/it has not ended/);
    await store.transaction((query) => saveObservation(query, first));
    await store.transaction((query) => saveObservation(query, observation(other)));
    expect(await countRulings(store.query, 'ruled')).toEqual(new Map());
    const amended = { ...first, values: { value: 0.1 + 0.2 }, noise: {} };
    expect(await rule(says('a', 'amend', { values: { value: 0.1 + 0.2 } }))).toEqual({ was: first, is: amended });
    expect(await summarise(store.query, 'ruled')).toMatchObject({ best: { trialId: id, value: 0.1 + 0.2 } });
    const never = await rule(says('b', 'notStarted', { sinceRound: 4 }));
    expect(never).toEqual({ was: amended, is: null });
    expect(await summarise(store.query, 'ruled')).toMatchObject({
      ...{ measured: 1, withdrawn: 1, spent: 1 / 3, best: { trialId: other } },
      fidelities: [{ fidelity: 'exact', trials: 1, cost: 1 / 3 }],
    });
    // Delivered again, it is answered as it was.
    expect(await rule(says('b', 'notStarted', { sinceRound: 9 }))).toEqual(never);
    await expect(rule(says('c', 'notStarted'))).rejects.toThrow(/counts as never run already/);
    await rule(says('d', 'release', { sinceRound: 4 }));
    expect(await findObservation(store.query, id)).toEqual(first);
    const { trials } = await loadRecord(store.query, 'ruled');
    expect(trials[0]).toMatchObject({
      state: 'ended',
      observation: first,
      earlier: [
        { observation: first, throughRound: 1, ruled: true },
        { observation: amended, throughRound: 3, ruled: true },
        { observation: null, throughRound: 3, ruled: true },
      ],
      rulings: [
        { seq: 1, verdict: 'amend', values: { value: 0.1 + 0.2 }, who: 'ann', why: 'she looked', sinceRound: 2 },
        { seq: 2, verdict: 'notStarted' },
        { seq: 3, verdict: 'release', at: Date.UTC(2026, 10, 1) },
      ],
    });
    expect(trials[1]).not.toHaveProperty('rulings');
    expect(await countRulings(store.query, 'ruled')).toEqual(new Map([[id, 3]]));
    // Done again, what was ruled is about what it gave before.
    await rule(says('e', 'failed', { cause: 'device', sinceRound: 5 }));
    await reopenTrial(store.query, { trialId: id, generation: 2, throughRound: 5 });
    await expect(rule(says('f', 'discard'))).rejects.toThrow(/begun again/);
    await store.transaction((query) => saveObservation(query, observation(id, { value: 7 }), 2));
    await rule(says('g', 'discard', { generation: 2, sinceRound: 7 }));
    const [again] = (await loadRecord(store.query, 'ruled')).trials;
    expect(again!.earlier!.map(({ throughRound, ruled }) => [throughRound, ruled])).toEqual([
      ...[1, 3, 3, 4].map((round) => [round, true]),
      [5, undefined],
      [6, true],
    ]);
    expect(again).toMatchObject({ observation: { outcome: 'quarantined', cause: { code: 'discarded' } } });
    expect([timesRun(again!), spentOn(again!)]).toEqual([2, 2 / 3]);
    expect((await summarise(store.query, 'ruled')).spent).toBeCloseTo(1, 12);
  });

  it('has caches notice a ruling on a trial that was over for good', async () => {
    await campaignWith('noticed', [proposal('noticed', 1), proposal('noticed', 2)]);
    const id = 'noticed/r1/p1';
    for (const trial of [id, 'noticed/r1/p2'])
      await store.transaction((query) => saveObservation(query, observation(trial)));
    const source = createCampaignSource(store);
    const [first, second] = await source.trials('noticed');
    const ruling = { trialId: id, generation: 1, requestId: 'a', verdict: 'discard', values: {}, cause: null } as const;
    const by = { who: 'ann', why: 'she looked', sinceRound: 2, at: 0 };
    await store.transaction((query) => saveRuling(query, { ...ruling, ...by }, ['value']));
    const [now, same] = await source.trials('noticed');
    expect(first!.observation!.outcome).toBe('measured');
    expect(now!.observation!.outcome).toBe('quarantined');
    expect(same).toBe(second);
  });

  it('sums up, and withdraws what a stopped campaign never started', async () => {
    await campaignWith('sum', [proposal('sum', 1), proposal('sum', 2)]);
    await startTrial(store.query, 'sum/r1/p1');
    const budget = { cost: null, trials: 6, wallClockMs: null };
    const loop = { parallel: 1, lifted: [] };
    expect(await summarise(store.query, 'sum')).toMatchObject({
      rounds: 1,
      proposed: 1,
      running: 1,
      best: null,
      spent: 0,
    });
    await store.transaction((query) => saveObservation(query, observation('sum/r1/p1')));
    const stop = { reason: 'drained', text: 'drained by a person' } as const;
    await mirrorCampaign(store.query, 'sum', { phase: 'stopped', stop, budget, loop, problem: null });
    await mirrorCampaign(store.query, 'sum', { phase: 'running', stop: null, budget, loop, problem: 'late' });
    expect(await summarise(store.query, 'sum')).toMatchObject({
      phase: 'stopped',
      stop,
      problem: null,
      withdrawn: 1,
      running: 0,
      measured: 1,
      best: { trialId: 'sum/r1/p1', value: 1.5 },
      fidelities: [{ fidelity: 'exact', trials: 1, cost: 1 / 3 }],
    });
  });

  it('goes on with a new connection when the server drops all', async () => {
    await store.query('SELECT 1');
    const other = openStore(database.url, { connections: 1 });
    try {
      await other.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
      const results = await Promise.all(
        [1, 2, 3].map((n) => store.transaction((query) => query('SELECT $1::int AS n', [n]))),
      );
      expect(results.map(([row]) => row!.n)).toEqual([1, 2, 3]);
    } finally {
      await other.close();
    }
  });
});

function column(table: string): string {
  return {
    attempt: 'cost',
    ruling: 'who',
    reopening: 'through_round',
    proposal: 'round',
    round: 'count',
    audit: 'who',
    artefact: 'bytes',
  }[table]!;
}
