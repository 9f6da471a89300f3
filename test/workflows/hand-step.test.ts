import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadArtefact } from '../../activities/store/artefact.js';
import { listSubmissions } from '../../activities/store/submission.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import type { RunningWorker } from '../../scripts/durable/worker.js';
import { inboxLines } from '../../scripts/inbox-lines.js';
import { mattersOf } from '../../scripts/notify/matters.js';
import { messageText } from '../../scripts/notify/message-text.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runCli } from '../support/cli.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
let worker: RunningWorker;
beforeAll(async () => {
  host = await durableHost({ worker: false });
  worker = await host.work();
});
afterAll(() => host?.close());

const instructions = 'heat to {T, 1 decimal} K for {minutes} min, then weigh';
const fields = {
  mass: { unit: 'mg', min: 0, max: 500, required: true },
  T: { unit: 'K', min: 200 },
  humidity: { unit: '%', min: 0, max: 100 },
};
const robot = { adapter: 'problem', can: ['make'], settings: { problem: 'branin', delayMs: 5 } };
const made = { x1: 1, x2: '{time}' };
const recipe = [
  { step: 'make', on: 'make', with: made, at: 'shelf', undo: { with: { x1: 0, x2: 0 } } },
  { step: 'weigh', on: 'bench', with: { T: '{t as K}', minutes: 10, solvent: '{solvent}' }, gives: ['mass'] },
];
const parameters = [
  { name: 't', type: 'continuous', bounds: [20, 120], unit: '°C' },
  { name: 'time', type: 'continuous', bounds: [1, 2] },
  { name: 'solvent', type: 'categorical', levels: ['water', 'hexane'] },
];

/** A campaign whose second step people do, as its first trial waits for them. */
async function begun(name: string, steps: readonly object[] = recipe) {
  const lab: LabSpec = labSchema.parse({
    name: host.id(name),
    instruments: { robot, bench: { adapter: 'person', slots: 2, settings: { instructions, fields } } },
    positions: { shelf: { slots: 2 } },
  });
  await host.control.labs.up(lab, 'ann');
  const id = host.id(name);
  const campaign = problemCampaign(id, {
    space: { parameters },
    lab: { name: lab.name },
    objectives: [{ name: 'mass', direction: 'maximise', unit: 'g' }],
    fidelities: [{ name: 'sample', adapter: 'lab', recipe: steps, cost: 2 }],
    budget: { trials: 1 },
  });
  await host.control.start(campaign);
  const [first] = await waiting(id);
  return { id, lab, trial: first!.trialId, first: first! };
}

const waiting = (id: string, count = 1) =>
  eventually(async () => {
    const open = (await host.control.inbox(id)).trials.filter(({ needs }) => needs === 'result');
    return open.length === count && open;
  });
const ended = async (id: string) => {
  await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
  return host.control.record(id);
};
const held = async ({ name }: LabSpec) =>
  (await host.control.labs.leases(name)).filter(({ releasedAt }) => releasedAt === null).map((one) => one.resource);
const replays = async (...ids: string[]) => {
  for (const id of ids) expect(await replayFaults(await historiesOf(host.client, id))).toEqual([]);
};
const nothing = { values: {}, noise: {}, achieved: {} };
const ann = { who: 'ann', ...nothing };

it('is told in the inbox, and done once with what was reached and its file, over a dead worker, by whoever is first', async () => {
  const { id, lab, trial, first } = await begun('done');
  expect(first).toMatchObject({ step: 'weigh', instrument: `${lab.name}/bench` });
  const { t } = first.design as { readonly t: number };
  const lines = inboxLines({ ...(await host.control.inbox(id)), obstacles: [] }, Date.now()).join('\n');
  expect(lines).toContain(`${trial}  waits for step 'weigh' by people at ${lab.name}/bench, for`);
  expect(lines).toContain(`heat to ${(t + 273.15).toFixed(1)} K for 10 min, then weigh`);
  expect(lines).toContain('mass: in mg, from 0, to 500, required');
  expect(lines).toContain(`athanor enter ${trial} --step weigh NAME=VALUE...`);
  const { trials } = await host.control.inbox(id);
  const inbox = { trials, problems: [], away: [] };
  const matters = mattersOf({ inbox, obstacles: [], ended: [], latches: [], home: 'h', now: 0 });
  expect(matters).toMatchObject([
    { kind: 'result', subject: `result/${trial}/g1/weigh`, lab: lab.name, trials: [trial] },
  ]);
  const [told, untold] = [true, false].map((designs) =>
    JSON.stringify(messageText({ id: 'm', occasion: 'begun', matters: [...matters], at: 0 }, designs)),
  );
  expect(told).toContain(`waits for step 'weigh' by people at ${lab.name}/bench`);
  expect(told).toContain(`heat to ${(t + 273.15).toFixed(1)} K for 10 min`);
  expect(untold).toContain("step 'weigh'");
  expect(untold).not.toContain('heat to');
  // It has its slot and its sample's position, also while no worker is there.
  expect((await held(lab)).sort()).toEqual(['bench', 'shelf']);
  await worker.shutdown();

  const wrong = {
    ...ann,
    values: { mass: '3 mL', heat: '1', humidity: '120' },
    noise: { x: '1' },
    achieved: { T: '100', minutes: 'long', solvent: 'beer', p: '1' },
  };
  const faults = await host.control.enter(trial, wrong).then(String, String);
  for (const part of ['mL', 'heat: nothing that step', '120', 'noise x', "'100' given", 'long', 'beer', 'achieved p'])
    expect(faults).toContain(part);
  // What is wrong in itself does not hide the rest.
  const command = ['enter', trial, 'mass=3 mL', 'heat=1', '--cost', 'much', '--file', '/no/such'];
  const { home, databaseUrl, temporalAddress } = host.settings;
  const env = { ATHANOR_HOME: home, DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress };
  const refused = await runCli(command, { env });
  expect(refused.code).toBe(2);
  for (const part of ['mL', 'heat: nothing that step', 'cost', 'cannot be read'])
    expect(refused.stderr).toContain(part);
  await expect(host.control.enter(trial, { ...ann, values: { humidity: '3' } })).rejects.toThrow(/mass: no value/);
  await expect(host.control.enter(trial, { ...ann, step: 'wiegh' })).rejects.toThrow(/did you mean weigh/);
  await expect(host.control.enter(trial, { ...ann, failed: 'operator' })).rejects.toThrow(/--why/);

  const bytes = new TextEncoder().encode('250 mg\n');
  const given = {
    ...ann,
    values: { mass: '250', humidity: '41' },
    noise: { mass: '5 mg' },
    achieved: { T: '400', minutes: '12' },
    why: 'overshot',
    file: { name: 'scale.txt', bytes },
  };
  await host.control.enter(trial, given);
  await expect(host.control.enter(trial, { ...ann, who: 'bob', values: { mass: '0.1 g' } })).rejects.toThrow(
    /step 'weigh' .* ann was first, at .*: enter \(overshot\)/,
  );
  expect((await host.control.inbox(id)).trials).toEqual([]);
  worker = await host.work();
  const record = await ended(id);
  const { observation, steps } = record.trials[0]!;
  expect(observation).toMatchObject({ outcome: 'measured', values: { mass: 0.25 }, noise: { mass: 0.005 } });
  expect(observation!.achieved!.t).toBeCloseTo(400 - 273.15, 9);
  expect(observation!.details).toMatchObject({
    steps: { weigh: { enteredBy: 'ann', note: 'overshot', answered: { humidity: 41 }, reached: { minutes: 12 } } },
  });
  expect(await loadArtefact(host.store.query, observation!.artefacts['weigh/scale.txt']!)).toEqual(bytes);
  expect(steps!.map(({ step, how }) => `${step} ${how}`)).toEqual(['make done', 'weigh done']);
  // Said again, as nobody had confirmed it.
  await host.control.enter(trial, given);
  const kept = parseRecord(exportJson(record), id);
  expect((await verifyRecord(kept)).mismatches).toEqual([]);
  expect(kept.audit.map(({ action, who }) => `${who} ${action}`)).toEqual(['ann enter']);
  await eventually(async () => (await held(lab)).length === 0);
  await replays(id, trial);
  await keepHistories('hand-step', await historiesOf(host.client, trial));
});

it('takes back what came before one that failed, which is asked for again by retry', async () => {
  const { id, trial } = await begun('failed');
  await host.control.enter(trial, { ...ann, failed: 'operator', why: 'dropped' });
  const record = await ended(id);
  expect(record.trials[0]!.observation).toMatchObject({
    outcome: 'failed',
    cause: { class: 'operator', code: 'entered', message: "step 'weigh': dropped" },
  });
  expect(record.trials[0]!.steps!.map(({ step, how }) => `${step} ${how}`)).toEqual([
    'make done',
    'weigh failed',
    'make~undo done',
  ]);
  await host.control.retry(trial, { who: 'ann' });
  const [again] = await waiting(id);
  expect(again).toMatchObject({ trialId: trial, generation: 2, step: 'weigh' });
  await host.control.enter(trial, { ...ann, step: 'weigh', values: { mass: '10' } });
  expect((await ended(id)).trials[0]!.observation).toMatchObject({ outcome: 'measured', values: { mass: 0.01 } });
  await replays(id, trial);
});

it('waits on where the workflow of its trial was lost, and nothing that was entered meanwhile is', async () => {
  const { id, lab, trial } = await begun('lost');
  // As in a store that was restored.
  await host.store.query('UPDATE trial SET needs = NULL WHERE id = $1', [trial]);
  await host.client.workflow.getHandle(trial).terminate('by hand');
  const running = async () => (await host.client.workflow.getHandle(trial).describe()).status.name === 'RUNNING';
  await eventually(running);
  expect(await waiting(id)).toMatchObject([{ trialId: trial, step: 'weigh' }]);
  // Entered while there is no workflow to hear of it: its successor finds it.
  await worker.shutdown();
  await host.client.workflow.getHandle(trial).terminate('by hand');
  await host.control.enter(trial, { ...ann, values: { mass: '20' } });
  worker = await host.work();
  expect((await ended(id)).trials[0]!.observation).toMatchObject({ outcome: 'measured', values: { mass: 0.02 } });
  const lines = await listSubmissions(host.store.query, id);
  expect(lines.map(({ step, state }) => `${step} ${state}`)).toEqual(['make ended', 'weigh ended']);
  await eventually(async () => (await held(lab)).length === 0);
  await replays(id, trial);
});

it('goes on where nobody could tell of it, as its workflow was lost again and again, and a person says that it began', async () => {
  const { id, trial } = await begun('unknown');
  const seen = new Set<string>();
  while ((await host.control.status(id)).running > 0) {
    const handle = host.client.workflow.getHandle(trial);
    const { runId, status } = await handle.describe();
    if (status.name === 'RUNNING' && !seen.has(runId)) await handle.terminate('by hand').catch(() => undefined);
    seen.add(runId);
  }
  await ended(id);
  await expect(host.control.enter(trial, { ...ann, values: { mass: '1' } })).rejects.toThrow(/does not wait/);
  const said = { verdict: 'started', job: 'in the notebook', cause: null, who: 'ann', why: 'I did it' } as const;
  await host.control.resolve(trial, said);
  expect(await waiting(id)).toMatchObject([{ trialId: trial, generation: 2, step: 'weigh' }]);
  await host.control.enter(trial, { ...ann, values: { mass: '30' } });
  const record = await ended(id);
  expect(record.trials[0]!.observation).toMatchObject({ outcome: 'measured', values: { mass: 0.03 } });
  expect((await host.control.status(id)).unresolved).toEqual([]);
});

it('is no more asked for once its campaign is aborted, and people who come later are told', async () => {
  const { id, lab, trial } = await begun('aborted');
  await host.control.abort(id, { who: 'ann' });
  const record = await ended(id);
  expect(record.trials[0]!.observation).toMatchObject({ outcome: 'cancelled' });
  expect(record.trials[0]!.steps!.map(({ step, how }) => `${step} ${how}`)).toEqual([
    'make done',
    'weigh cancelled',
    'make~undo done',
  ]);
  expect((await host.control.inbox(id)).trials).toEqual([]);
  await expect(host.control.enter(trial, { ...ann, values: { mass: '1' } })).rejects.toThrow(/it was cancelled at/);
  await eventually(async () => (await held(lab)).length === 0);
  await replays(id, trial);
});

it('measures nothing where it gives nothing, and is taken back by people; of two at once the second is told', async () => {
  const filled = { T: 300, minutes: 1 };
  const steps = [
    { step: 'mount', on: 'bench', with: filled, undo: { with: { T: 290, minutes: 0 } } },
    { step: 'clean', on: 'bench', with: filled },
    { step: 'weigh', on: 'bench', with: filled, gives: ['mass'] },
  ];
  const { id, trial, first } = await begun('plain', steps);
  expect(first.step).toBe('mount');
  expect(first.instructions).not.toContain('mass');
  const step = (name: string) => eventually(async () => (await waiting(id))[0]!.step === name);
  await expect(host.control.enter(trial, { ...ann, values: { mass: '1' } })).rejects.toThrow(/mass: nothing that step/);
  await host.control.enter(trial, ann);
  await step('clean');
  // Said once more it may be of the one or of the other.
  await expect(host.control.enter(trial, ann)).rejects.toThrow(/same for step 'mount', and 'clean' waits now/);
  await host.control.enter(trial, { ...ann, step: 'mount' });
  expect(await waiting(id)).toMatchObject([{ step: 'clean' }]);
  const both = ['ann', 'bob'].map((who) => host.control.enter(trial, { ...ann, who, step: 'clean' }));
  const told = (await Promise.allSettled(both)).flatMap((one) =>
    one.status === 'rejected' ? [String(one.reason)] : [],
  );
  expect(told).toEqual([expect.stringMatching(/step 'clean' .* (ann|bob) was first, at .*: enter/)]);
  await step('weigh');
  await host.control.enter(trial, { ...ann, failed: 'chemistry', why: 'it melted' });
  await step('mount~undo');
  const [undo] = await waiting(id);
  expect(undo!.instructions).toMatch(/^take back what step 'mount' did\nheat to 290\.0 K for 0 min/);
  await host.control.enter(trial, { ...ann, step: 'mount~undo', why: 'unmounted' });
  const record = await ended(id);
  expect(record.trials[0]!.observation).toMatchObject({ outcome: 'failed', cause: { class: 'chemistry' } });
  expect(record.trials[0]!.steps!.map((one) => `${one.step} ${one.how}`)).toEqual([
    'mount done',
    'clean done',
    'weigh failed',
    'mount~undo done',
  ]);
  await replays(id, trial);
});

it('measures a whole trial where a level names its instrument', async () => {
  const lab: LabSpec = labSchema.parse({
    name: host.id('whole'),
    instruments: { bench: { adapter: 'person', settings: { instructions: 'weigh at {t, 0 decimals}' } } },
  });
  await host.control.labs.up(lab, 'ann');
  const id = host.id('whole');
  const campaign = problemCampaign(id, {
    space: { parameters },
    lab: { name: lab.name },
    objectives: [{ name: 'mass', direction: 'maximise', unit: 'g' }],
    fidelities: [{ name: 'sample', adapter: 'lab', instrument: 'bench', cost: 2 }],
    budget: { trials: 1 },
  });
  await host.control.start(campaign);
  const [first] = await waiting(id);
  expect(first!.step).toBeUndefined();
  expect(first!.instructions).toMatch(/^weigh at \d+\nmass: in g$/);
  // What is asked may be told otherwise meanwhile.
  const settings = { instructions: 'weigh twice' };
  await host.control.labs.up(
    labSchema.parse({ ...lab, instruments: { bench: { adapter: 'person', settings } } }),
    'ann',
  );
  expect((await waiting(id))[0]!.instructions).toMatch(/^weigh twice/);
  const given = { values: { mass: '20 mg' }, achieved: { t: '300 K', solvent: 'water' } };
  await host.control.enter(first!.trialId, { ...ann, ...given });
  const { observation } = (await ended(id)).trials[0]!;
  expect(observation).toMatchObject({ values: { mass: 0.02 }, details: { enteredBy: 'ann' } });
  expect(observation!.achieved).toMatchObject({ t: expect.closeTo(26.85, 9) });
  await replays(id, first!.trialId);
});
