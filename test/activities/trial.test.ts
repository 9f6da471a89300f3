import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCampaignSource } from '../../activities/campaign-source.js';
import { jobKey } from '../../activities/job-request.js';
import type { TrialDeps } from '../../activities/placed-trial.js';
import { createCampaign } from '../../activities/store/campaign.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { saveRound } from '../../activities/store/proposal.js';
import { loadRecord } from '../../activities/store/record.js';
import { listUnresolved } from '../../activities/store/resolution.js';
import { clearStandstill, saveStandstill } from '../../activities/store/standstill.js';
import { findSubmission } from '../../activities/store/submission.js';
import { withdrawTrials } from '../../activities/store/trial.js';
import { StoredTrial } from '../../activities/stored-trial.js';
import { quarantineTrial, recallTrial, settleTrial, submitTrial, trackTrial } from '../../activities/trial.js';
import type { Adapter, Caller, JobResult, JobState } from '../../lab-adapters/contract.js';
import { AdapterError } from '../../models/domain/errors.js';
import { randomDecisions } from '../../scripts/bench/random-decisions.js';
import { beginTrial } from '../../workflows/trial-state.js';
import { createTestDatabase, type TestDatabase } from '../support/services.js';
import { type ProblemCampaign, problemCampaign } from '../workflows/durable-host.js';

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

/** A device that does as it is told and counts what it was asked. */
interface Device extends Adapter {
  state: JobState;
  answer: JobResult;
  /** Thrown by the next `submit` after the job was accepted, as when a reply is lost. */
  loseReply: boolean;
  readonly started: string[];
  readonly fences: number[];
  readonly asked: Record<string, number>;
}

function device(knowsKeys: boolean): Device {
  const jobs = new Set<string>();
  const asked: Record<string, number> = {};
  const count = (verb: string) => {
    asked[verb] = (asked[verb] ?? 0) + 1;
  };
  const it: Device = {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: true, virtualTime: false },
    fences: [],
    pollMs: 1,
    state: 'running',
    answer: { values: { value: 2.5 }, cost: 3, durationMs: 4 },
    loseReply: false,
    started: [],
    asked,
    validate: async () => [],
    submit: async (key, _, { fence }) => {
      count('submit');
      it.fences.push(fence);
      if (!jobs.has(key)) it.started.push(key);
      jobs.add(key);
      if (it.loseReply) {
        it.loseReply = false;
        throw new AdapterError('the reply was lost');
      }
      return `job of ${key}`;
    },
    status: async () => {
      count('status');
      return { state: it.state };
    },
    result: async () => it.answer,
    cancel: async () => {
      count('cancel');
      it.state = 'cancelled';
    },
    close: async () => undefined,
  };
  const find = async (key: string, { fence }: Caller) => {
    count('find');
    it.fences.push(fence);
    return jobs.has(key) ? `job of ${key}` : null;
  };
  return knowsKeys ? Object.assign(it, { find }) : it;
}

const ref = (trialId: string, generation = 1) => ({ trialId, generation });

let campaigns = 0;

/** A campaign with proposals, one unless more are wanted, and the device that is to run it. */
async function proposed(knowsKeys = true, given: ProblemCampaign = {}, count = 1) {
  const campaign = problemCampaign(`trial-${++campaigns}`, given);
  const asked = { round: 1, count, pending: [], remainingCost: null };
  const decision = await randomDecisions.decide({ campaign, ...asked, trials: [] });
  await store.transaction(async (query) => {
    await createCampaign(query, campaign);
    await saveRound(query, { campaignId: campaign.id, ...asked, ...decision });
  });
  const lab = device(knowsKeys);
  const ids = decision.proposals.map((proposal) => proposal.id);
  const id = ids[0]!;
  const deps: TrialDeps = {
    store,
    source: createCampaignSource(store),
    instrumentFor: async () => ({ id: 'device', type: 'problem', adapter: lab }),
    home: 'a',
  };
  return { deps, lab, id, key: jobKey(id), ids };
}

async function observationOf(id: string) {
  return (await loadRecord(store.query, id.split('/')[0]!)).trials[0]!.observation;
}

describe('a trial', () => {
  it('tells that what decides was not measured, whatever else was', async () => {
    const { deps, lab, id, key } = await proposed(true, { outcomes: [{ name: 'ash' }] });
    lab.state = 'succeeded';
    lab.answer = { values: { ash: 2 }, cost: 3, durationMs: 4 };
    await submitTrial(deps, ref(id));
    const end = await trackTrial(deps, { ...ref(id), job: `job of ${key}` });
    expect(end).toMatchObject({ outcome: 'measured', lacking: true, judged: { losses: [null] } });
  });

  it.each([true, false])('begins nothing between a safe stop and its clearing (finds keys: %s)', async (knowsKeys) => {
    const { deps, lab, id, key } = await proposed(knowsKeys);
    let latch: string | null = 'stopped safely by ada: smoke';
    const latched = { ...deps, latchedBy: (instrument: string) => (instrument === 'device' ? latch : null) };
    await expect(submitTrial(latched, ref(id))).rejects.toThrow(AdapterError);
    await expect(submitTrial(latched, ref(id))).rejects.toThrow('smoke');
    expect(lab.asked).toEqual({});
    expect(await findSubmission(store.query, key)).toBeNull();
    latch = null;
    expect(await submitTrial(latched, ref(id))).toEqual({ job: `job of ${key}`, home: 'a' });
    expect(lab.started).toEqual([key]);
  });

  it('begins nothing on an instrument that was stopped from another home, as the store says', async () => {
    const { deps: plain, lab, id, key } = await proposed();
    const instrumentFor: TrialDeps['instrumentFor'] = async (...given) => ({
      ...(await plain.instrumentFor(...given)),
      id: 'stopped/arm',
    });
    const deps = { ...plain, instrumentFor };
    const word = { lab: 'stopped', resource: 'arm', who: 'ada', why: 'smoke' };
    await saveStandstill(store.query, 'latched', word);
    await expect(submitTrial(deps, ref(id))).rejects.toThrow('stopped/arm was stopped safely by ada: smoke');
    expect([lab.started, await findSubmission(store.query, key)]).toEqual([[], null]);
    await clearStandstill(store.query, 'latched', word);
    await submitTrial(deps, ref(id));
    expect(lab.started).toEqual([key]);
  });

  it('begins nothing where the lab is stopped right before the call', async () => {
    const { deps, lab, id, key } = await proposed();
    const answers = [null, null, null, 'stopped safely by ada: smoke'];
    const latchedBy = () => answers.shift() ?? null;
    await expect(submitTrial({ ...deps, latchedBy }, ref(id))).rejects.toThrow('smoke');
    expect([answers, lab.started]).toEqual([[], []]);
    expect(await submitTrial(deps, ref(id))).toMatchObject({ job: `job of ${key}` });
    expect(lab.started).toEqual([key]);
  });

  it('is submitted once, tracked, and stored; calling again changes nothing', async () => {
    const { deps, lab, id, key } = await proposed();
    const submitted = await submitTrial(deps, ref(id));
    expect(submitted).toEqual({ job: `job of ${key}`, home: 'a' });
    expect(await submitTrial(deps, ref(id))).toEqual(submitted);
    expect(lab.asked).toMatchObject({ submit: 1 });
    expect(await recallTrial(deps, ref(id))).toBeNull();
    lab.state = 'succeeded';
    const end = await trackTrial(deps, { ...ref(id), job: `job of ${key}` });
    expect(end).toMatchObject({ id, outcome: 'measured', cost: 3, judged: { losses: [2.5], feasible: true } });
    lab.answer = { values: { value: 99 }, cost: 99, durationMs: 0 };
    expect(await trackTrial(deps, { ...ref(id), job: `job of ${key}` })).toEqual(end);
    expect(await submitTrial(deps, ref(id))).toEqual({ end });
    expect(await settleTrial(deps, ref(id))).toEqual(end);
    expect(await recallTrial(deps, ref(id))).toEqual(end);
    expect(lab.started).toEqual([key]);
    expect(await findSubmission(store.query, key)).toMatchObject({ state: 'ended', job: `job of ${key}` });
  });

  it('has its line in the ledger before the device is called', async () => {
    const { deps, lab, id, key } = await proposed();
    const { submit } = lab;
    lab.submit = async (...given) => {
      expect(await findSubmission(store.query, key)).toMatchObject({ state: 'called', job: null });
      return submit(...given);
    };
    await submitTrial(deps, ref(id));
    expect(lab.started).toEqual([key]);
  });

  it('is found by its key when the reply was lost', async () => {
    const { deps, lab, id, key } = await proposed();
    lab.loseReply = true;
    await expect(submitTrial(deps, ref(id))).rejects.toThrow('the reply was lost');
    expect(await submitTrial(deps, ref(id))).toEqual({ job: `job of ${key}`, home: 'a' });
    expect(lab.asked).toMatchObject({ submit: 1, find: 1 });
    expect(await findSubmission(store.query, key)).toMatchObject({ instrument: 'device', fence: lab.fences[1] });
  });

  it('comes with a greater number each time that the device is called to begin it, or asked whether it has', async () => {
    const { deps, lab, id, key } = await proposed();
    const { submit } = lab;
    lab.submit = async (_, __, { fence }) => {
      lab.fences.push(fence);
      throw new AdapterError('nobody answers');
    };
    for (let i = 0; i < 3; i++) await expect(submitTrial(deps, ref(id))).rejects.toThrow('nobody answers');
    lab.submit = submit;
    await submitTrial(deps, ref(id));
    expect(lab.fences).toHaveLength(7);
    expect([...lab.fences].sort((a, b) => a - b)).toEqual(lab.fences);
    expect(new Set(lab.fences).size).toBe(7);
    expect(await findSubmission(store.query, key)).toMatchObject({ fence: lab.fences[6] });
  });

  it('is not begun by a worker that was held up until another had given its line up', async () => {
    const { deps, lab, id, key } = await proposed(false);
    const first = new StoredTrial(deps, ref(id));
    const noted = await first.live(beginTrial(), ({ type }) => type === 'submit');
    expect(noted.state.stage).toBe('calling');
    const second = new StoredTrial(deps, ref(id));
    await second.live(beginTrial());
    expect(second.end).toMatchObject({ outcome: 'quarantined' });
    await expect(first.live(noted)).rejects.toThrow(`another worker went on with '${key}'`);
    expect(await recallTrial(deps, ref(id))).toEqual(second.end);
    expect(lab.asked.submit).toBeUndefined();
    expect(lab.started).toEqual([]);
    expect(await observationOf(id)).toMatchObject({ outcome: 'quarantined', cause: { code: 'ambiguous' } });
    expect(await findSubmission(store.query, key)).toMatchObject({ state: 'unknown', job: null });
  });

  it('is quarantined, and never submitted again, where the device cannot tell', async () => {
    const { deps, lab, id, key } = await proposed(false);
    lab.loseReply = true;
    const quarantined = { end: { outcome: 'quarantined', judged: null } };
    expect(await submitTrial(deps, ref(id))).toMatchObject(quarantined);
    expect(await submitTrial(deps, ref(id))).toMatchObject(quarantined);
    expect(lab.asked).toEqual({ submit: 1 });
    const { cause, cost, details } = (await observationOf(id))!;
    expect({ cost, details }).toEqual({ cost: 1, details: { costIsEstimate: true } });
    expect(await listUnresolved(store.query, id.split('/')[0]!)).toEqual([id]);
    expect(cause).toMatchObject({ class: 'unknown', code: 'ambiguous' });
    expect(cause!.message).toContain('(the reply was lost)');
    expect(await findSubmission(store.query, key)).toMatchObject({ state: 'unknown' });
  });

  it('that the adapter refuses never reaches the device', async () => {
    const { deps, lab, id, key } = await proposed();
    lab.validate = async () => [{ path: 'design.x1', message: 'too hot', remedy: 'at most 3' }];
    expect(await submitTrial(deps, ref(id))).toMatchObject({ end: { outcome: 'failed' } });
    expect((await observationOf(id))?.cause).toMatchObject({ class: 'operator', code: 'refused' });
    expect(await findSubmission(store.query, key)).toBeNull();
    expect(lab.started).toEqual([]);
  });

  it('is given up before its start without calling the device', async () => {
    const { deps, lab, id } = await proposed();
    expect(await settleTrial(deps, ref(id))).toMatchObject({ id, outcome: 'cancelled', cost: 0, judged: null });
    expect(await submitTrial(deps, ref(id))).toMatchObject({ end: { outcome: 'cancelled' } });
    expect(lab.asked).toEqual({});
  });

  it('is cancelled on the device, and keeps a result that came before', async () => {
    const first = await proposed();
    await submitTrial(first.deps, ref(first.id));
    first.lab.answer = { values: {}, cost: 0.5, durationMs: 1 };
    expect(await settleTrial(first.deps, ref(first.id))).toMatchObject({ outcome: 'cancelled', cost: 0.5 });
    const second = await proposed();
    await submitTrial(second.deps, ref(second.id));
    second.lab.cancel = async () => {
      second.lab.state = 'succeeded';
    };
    expect(await settleTrial(second.deps, ref(second.id))).toMatchObject({
      outcome: 'measured',
      judged: { losses: [2.5], feasible: true },
    });
  });

  it('keeps raw outputs as artefacts and nonsense as text', async () => {
    const { deps, lab, id, key } = await proposed();
    await submitTrial(deps, ref(id));
    lab.state = 'succeeded';
    const artefacts = { 'log.txt': new TextEncoder().encode('hello') };
    const details = { ratio: Number.NaN, at: new Date(0), text: 'a\u0000b' };
    lab.answer = { values: { value: Number.POSITIVE_INFINITY }, cost: 1, durationMs: 1, artefacts, details };
    await trackTrial(deps, { ...ref(id), job: `job of ${key}` });
    const observation = await observationOf(id);
    expect(observation).toMatchObject({ outcome: 'quarantined', cause: { code: 'notFinite' }, cost: 1 });
    expect(observation?.artefacts['log.txt']).toMatch(/^2cf24dba5fb0a30e/);
    expect(observation?.details).toMatchObject({ ratio: 'NaN', answered: { value: 'Infinity' } });
  });

  it('that was taken back while it waited for its device never begins', async () => {
    const waiting = await proposed();
    const { validate } = waiting.lab;
    waiting.lab.validate = async (request) => {
      await withdrawTrials(store.query, [waiting.id]);
      return validate(request);
    };
    // Taken back within the call, and before the next.
    for (let call = 0; call < 2; call++)
      expect(await submitTrial(waiting.deps, ref(waiting.id))).toMatchObject({
        end: { outcome: 'cancelled', cost: 0 },
      });
    expect(await settleTrial(waiting.deps, ref(waiting.id))).toMatchObject({ outcome: 'cancelled', cost: 0 });
    expect(waiting.lab.started).toEqual([]);
    expect(await findSubmission(store.query, waiting.key)).toBeNull();
    const [trial] = (await loadRecord(store.query, waiting.id.split('/')[0]!)).trials;
    expect(trial).toMatchObject({ state: 'withdrawn', observation: null });
  });

  it('stops being followed when told to, and the job goes on', async () => {
    const { deps, lab, id, key } = await proposed();
    await submitTrial(deps, ref(id));
    const stop = new AbortController();
    const { status } = lab;
    lab.status = async (job) => {
      stop.abort(new Error('enough'));
      return status(job);
    };
    await expect(trackTrial(deps, { ...ref(id), job: `job of ${key}` }, stop.signal)).rejects.toThrow('enough');
    expect(lab.asked.cancel).toBeUndefined();
    expect(await recallTrial(deps, ref(id))).toBeNull();
  });

  it('waits while another of its campaign is on a device that says that it takes one at a time', async () => {
    const { deps, lab, ids } = await proposed(true, {}, 3);
    Object.assign(lab, { traits: { ...lab.traits, exclusive: true } });
    const stateOf = async (id: string) => (await store.query('SELECT state FROM trial WHERE id = $1', [id]))[0]!.state;
    // Whichever comes first, and however close the others are behind.
    const tries = await Promise.allSettled(ids.map((id) => submitTrial(deps, ref(id))));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(lab.started).toHaveLength(1);
    const [on, next, last] = [...ids].sort(
      (a, b) => Number(lab.started[0] === jobKey(b)) - Number(lab.started[0] === jobKey(a)),
    );
    const held = { code: 'ADAPTER', message: `device takes one trial at a time, and '${on}' is on it` };
    await expect(submitTrial(deps, ref(next!))).rejects.toMatchObject(held);
    expect(await submitTrial(deps, ref(on!))).toEqual({ job: `job of ${jobKey(on!)}`, home: 'a' });
    // One of another campaign does not wait, and one that is taken back never begins.
    const other = await proposed();
    await submitTrial({ ...other.deps, instrumentFor: deps.instrumentFor }, ref(other.id));
    expect(await settleTrial(deps, ref(last!))).toMatchObject({ outcome: 'cancelled' });
    lab.state = 'succeeded';
    await trackTrial(deps, { ...ref(on!), job: `job of ${jobKey(on!)}` });
    await submitTrial(deps, ref(next!));
    expect(lab.started).toEqual([on!, other.id, next!].map((id) => jobKey(id)));
    expect(await Promise.all(ids.map(stateOf))).toEqual(Array(3).fill('ended'));
    expect(await findSubmission(store.query, jobKey(last!))).toBeNull();
  });

  it('that waits for its device has not begun', async () => {
    const { deps, lab, ids } = await proposed(true, {}, 2);
    Object.assign(lab, { traits: { ...lab.traits, exclusive: true } });
    await submitTrial(deps, ref(ids[0]!));
    await expect(submitTrial(deps, ref(ids[1]!))).rejects.toMatchObject({ code: 'ADAPTER' });
    const [row] = await store.query('SELECT state FROM trial WHERE id = $1', [ids[1]]);
    expect(row!.state).toBe('proposed');
    // A line that a version before wrote names the adapter alone.
    await store.query('INSERT INTO instrument (id, adapter) VALUES ($1, $1) ON CONFLICT DO NOTHING', ['problem']);
    await store.query('UPDATE submission SET instrument = adapter WHERE key = $1', [jobKey(ids[0]!)]);
    await expect(submitTrial(deps, ref(ids[1]!))).rejects.toMatchObject({ code: 'ADAPTER' });
    await quarantineTrial(deps, { ...ref(ids[0]!), code: 'CONTRACT', message: 'a bug' });
    await submitTrial(deps, ref(ids[1]!));
    expect(lab.started).toEqual(ids.map((id) => jobKey(id)));
  });

  it('that cannot be gone on with waits for a person', async () => {
    const { deps, id } = await proposed();
    const end = await quarantineTrial(deps, { ...ref(id), code: 'CONTRACT', message: 'a bug' });
    expect(end).toMatchObject({ id, outcome: 'quarantined', cost: 0, judged: null });
    expect((await observationOf(id))?.cause).toEqual({ class: 'unknown', code: 'CONTRACT', message: 'a bug' });
  });

  it('writes a measurement down that comes after the trial was given up, for a person to rule on', async () => {
    const { deps, lab, id, key } = await proposed();
    await submitTrial(deps, ref(id));
    const looks = lab.asked.status!;
    const tracking = trackTrial(deps, { ...ref(id), job: `job of ${key}` });
    while (lab.asked.status === looks) await new Promise(setImmediate);
    await quarantineTrial(deps, { ...ref(id), code: 'givenUp', message: 'given up by somebody' });
    lab.state = 'succeeded';
    expect(await tracking).toMatchObject({ outcome: 'quarantined' });
    const { audit } = await loadRecord(store.query, id.split('/')[0]!);
    expect(audit).toMatchObject([
      {
        who: 'athanor',
        action: 'late',
        details: { trialId: id, generation: 1, observation: { values: { value: 2.5 } } },
      },
    ]);
  });
});
