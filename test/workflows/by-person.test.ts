import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadArtefact } from '../../activities/store/artefact.js';
import { startWorker } from '../../scripts/durable/worker.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost({ worker: false });
});
afterAll(() => host?.close());

const level = {
  name: 'bench',
  adapter: 'person',
  cost: 1,
  settings: {
    instructions: 'stir at {x1, 2 decimals}, then weigh',
    fields: { mass: { unit: 'mg', min: 0, max: 500, required: true } },
  },
};

function benchCampaign(id: string, given: Parameters<typeof problemCampaign>[1] = {}) {
  return problemCampaign(id, {
    objectives: [{ name: 'mass', direction: 'maximise', unit: 'g' }],
    fidelities: [level],
    strategy: { initial: { trials: 3 } },
    ...given,
  });
}

const ann = { who: 'ann', noise: {}, achieved: {} };

/** The trials that wait for a result, once there are so many, in the order of their ids. */
const waiting = (id: string, count = 1) =>
  eventually(async () => {
    const { trials } = await host.control.inbox(id);
    const open = trials.filter(({ needs }) => needs === 'result');
    return open.length === count && open.toSorted((a, b) => (a.trialId < b.trialId ? -1 : 1));
  });

it('trials that people measure wait, over restarts of workers and runs, for what is entered once', async () => {
  const id = host.id('bench');
  let worker = await startWorker(host.settings);
  // Continued as new every few events.
  await host.control.start(benchCampaign(id, { parallel: 2, budget: { trials: 4 } }), { historyLimit: 30 });
  const [first, second] = await waiting(id, 2);
  const one = first!.trialId;
  expect(first!.instructions).toMatch(/^stir at -?\d+\.\d\d, then weigh\nmass: in mg, from 0, to 500, required$/);
  const { design } = first!;
  await worker.shutdown();
  worker = await startWorker(host.settings);

  // Everything that is wrong is told at once.
  const wrong = { ...ann, values: { mass: '5 mL', heat: '1' }, achieved: { x1: 'red', x9: '1' }, noise: { heat: '2' } };
  await expect(host.control.enter(one, wrong)).rejects.toThrow(/mL[\s\S]*heat[\s\S]*x9/);
  await expect(host.control.enter(one, { ...ann, values: { mass: '501' } })).rejects.toThrow(
    /'501' given[\s\S]*from 0 to 500 mg/,
  );
  await expect(host.control.enter(one, { ...ann, values: {} })).rejects.toThrow(/no value given/);
  await expect(host.control.enter(one, { ...ann, values: {}, failed: 'operator' })).rejects.toThrow(/--why/);

  const bytes = new TextEncoder().encode('weighed: 250 mg\n');
  const given = {
    ...ann,
    values: { mass: '250' },
    noise: { mass: '5 mg' },
    achieved: { x1: '12.5' },
    cost: 2,
    why: 'overshot',
    file: { name: 'scale.txt', bytes },
  };
  const entered = await host.control.enter(one, given);
  expect(entered.observation).toMatchObject({
    outcome: 'measured',
    values: { mass: 250 / 1000 },
    noise: { mass: 5 / 1000 },
    achieved: { x1: 12.5 },
    cost: 2,
    details: { enteredBy: 'ann', note: 'overshot' },
  });
  expect(await loadArtefact(host.store.query, entered.observation!.artefacts['scale.txt']!)).toEqual(bytes);
  // Said again it is taken once; another is told who was first.
  expect((await host.control.enter(one, given)).observation).toEqual(entered.observation);
  await expect(host.control.enter(one, { ...ann, who: 'bob', values: { mass: '0.1 g' } })).rejects.toThrow(
    /ann was first, at .*: enter \(overshot\)/,
  );

  await host.control.enter(second!.trialId, { ...ann, values: {}, failed: 'chemistry', why: 'it did not dissolve' });
  const ended = async () => {
    for (const { trialId } of (await host.control.inbox(id)).trials)
      await host.control.enter(trialId, { ...ann, values: { mass: '0.1 g' } }).catch(() => undefined);
    return (await host.control.status(id)).phase === 'stopped';
  };
  await eventually(ended);
  const record = parseRecord(exportJson(await host.control.record(id)), id);
  expect(record.trials.map(({ observation }) => observation!.outcome)).toEqual([
    'measured',
    'failed',
    'measured',
    'measured',
  ]);
  expect(record.trials[0]!.proposal.design).toEqual(design);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  expect(record.audit.filter(({ action }) => action === 'enter')).toHaveLength(4);
  // Entered again after the end, as by somebody whom nobody had answered.
  expect((await host.control.enter(one, given)).observation).toEqual(entered.observation);
  const runs = await historiesOf(host.client, id);
  expect(await replayFaults(runs)).toEqual([]);
  await keepHistories('bench', runs);
  await worker.shutdown();
});

it('a campaign whose workflow was lost asks again, and an abort ends what waits', async () => {
  const id = host.id('lost-bench');
  const worker = await startWorker(host.settings);
  const campaign = benchCampaign(id, { budget: { trials: 3 } });
  await host.control.start(campaign);
  const [first] = await waiting(id);
  await host.client.workflow.getHandle(id).terminate();
  await host.control.start(campaign);
  await host.control.enter(first!.trialId, { ...ann, values: { mass: '0.2 g' } });
  const [second] = await eventually(async () => {
    const open = await waiting(id);
    return open[0]!.trialId !== first!.trialId && open;
  });
  await host.control.abort(id, { who: 'ann' });
  await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
  const trials = await host.control.trials(id);
  expect(trials.map(({ observation }) => observation?.outcome)).toEqual(['measured', 'cancelled']);
  await expect(host.control.enter(second!.trialId, { ...ann, values: { mass: '1 mg' } })).rejects.toThrow(
    /does not wait for a person's result: it is ended/,
  );
  await worker.shutdown();
});

it('what is told of the surroundings is kept in its unit, learned from, and checked', async () => {
  const id = host.id('around-bench');
  const worker = await startWorker(host.settings);
  const contexts = [
    { name: 'humidity', type: 'continuous', bounds: [0, 100], unit: '%' },
    { name: 'warmth', type: 'continuous', bounds: [250, 350], unit: 'K' },
    { name: 'batch', type: 'categorical' },
  ];
  await host.control.start(
    benchCampaign(id, { contexts, strategy: { initial: { trials: 2 } }, budget: { trials: 3 } }),
  );
  const [first] = await waiting(id);
  expect(first!.instructions).toContain('where known, by --context: humidity in %, warmth in K, batch\n');
  const mass = { mass: '0.1 g' };
  await expect(
    host.control.enter(first!.trialId, { ...ann, values: mass, contexts: { humidity: '900', wind: '3', batch: ' ' } }),
  ).rejects.toThrow(/humidity[\s\S]*wind[\s\S]*humidity, warmth, batch[\s\S]*batch/);
  const told = { humidity: '41', warmth: '22 celsius', batch: 'B7' };
  const { observation } = await host.control.enter(first!.trialId, { ...ann, values: mass, contexts: told });
  expect(observation!.contexts).toEqual({
    humidity: { value: 41, unit: '%' },
    warmth: { value: expect.closeTo(295.15, 9), unit: 'K' },
    batch: { value: 'B7' },
  });
  const next = async () => {
    const [open] = await eventually(async () => {
      const all = await waiting(id);
      return all[0]!.trialId !== first!.trialId && all;
    });
    return open!.trialId;
  };
  const second = await next();
  await host.control.enter(second, { ...ann, values: { mass: '0.2 g' } });
  await eventually(async () => (await host.control.inbox(id)).trials.every(({ trialId }) => trialId !== second));
  const [third] = await waiting(id);
  await host.control.enter(third!.trialId, { ...ann, values: { mass: '0.3 g' } });
  await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
  const record = parseRecord(exportJson(await host.control.record(id)), id);
  expect(record.trials[2]!.proposal.basis.contexts).toMatchObject({ current: { humidity: 41, batch: 'B7' } });
  expect(record.audit.find(({ action }) => action === 'enter')!.details.contexts).toMatchObject({
    batch: { value: 'B7' },
  });
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  await worker.shutdown();
});
