import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type WorkflowHandle,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { giveUp, trialEnded } from '../../workflows/messages.js';
import { HeldDevices } from '../support/held-devices.js';
import { comparable, type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

let host: DurableHost;
const devices = new HeldDevices();
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const who = 'ann';
const odd: readonly unknown[] = [null, 5, 'x', [], {}, { id: null }, { who: null }, { id: 5, generation: 'x' }];

/** Whatever an update may be given that is none, by its name. */
function malformed(id: string): readonly (readonly [string, unknown])[] {
  const again = { generation: 2, was: 'failed' };
  const slot = { id: `${id}/r1/p1`, cost: 1, again };
  return [
    ...['pause', 'resume', 'drain', 'abort', 'changeBudget', 'changeParallel', 'retry', 'rule'].flatMap((name) =>
      odd.map((payload) => [name, payload] as const),
    ),
    ...[1e9, 0, 1.5, '2', null].map((parallel) => ['changeParallel', { who, parallel }] as const),
    ...[{ budget: 'x' }, { cost: 'x' }, { trials: 1.5 }, { trials: [9] }, { wallClockMs: 1e300 }, { cost: {} }].map(
      (change) => ['changeBudget', { who, ...change }] as const,
    ),
    ...[
      { ...slot, again: undefined },
      { ...slot, cost: 'x' },
      { ...slot, cost: -1 },
      { ...slot, id: 'other/r1/p1' },
      { ...slot, id: `${id}/r1/p1/x` },
      { ...slot, again: { generation: 2, was: 'lost' } },
      { ...slot, again: { generation: 1e300, was: 'failed' } },
      'x',
    ].map((given) => ['retry', { who, slot: given }] as const),
    ...[
      { note: '' },
      { trialId: 'other/r1/p1' },
      { generation: 0 },
      { verdict: 'maybe' },
      { values: null },
      { values: { value: 'x' } },
      { cause: 'weather' },
      { seq: 1 },
    ].map((change) => {
      const ruling = { trialId: `${id}/r9/p1`, generation: 1, verdict: 'discard', values: {}, cause: null };
      return ['rule', { who, note: 'so', ...ruling, ...change }] as const;
    }),
    ['pause', { who, note: 5 }],
    ['pause', { who, extra: 1 }],
    ['abort', { who: 'x'.repeat(201) }],
  ];
}

/** The answer to an update, which is asked for again where no worker gave it in time. */
async function answerTo(handle: WorkflowHandle, name: string, payload: unknown): Promise<unknown> {
  const updateId = randomUUID();
  for (;;)
    try {
      return await handle.executeUpdate(name, { args: [payload], updateId });
    } catch (error) {
      if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    }
}

it('no malformed signal or update disturbs a campaign', async () => {
  const [id, twin] = [host.id('disturbed'), host.id('left-alone')];
  const given = { budget: { trials: 3 } };
  // The first trial lasts until all of it was said.
  devices.hold();
  await host.control.start(problemCampaign(id, given));
  await host.control.start(problemCampaign(twin, given));
  await eventually(async () => (await host.control.status(id)).running === 1);
  const handle = host.client.workflow.getHandle(id);
  const trial = host.client.workflow.getHandle(`${id}/r1/p1`);
  for (const payload of odd) {
    await handle.signal(trialEnded.name, payload);
    await trial.signal(giveUp.name, payload);
  }
  await handle.signal(trialEnded.name);
  await trial.signal(giveUp.name);
  for (const [name, payload] of malformed(id)) {
    const said = `${name} ${JSON.stringify(payload)}`;
    const refusal = await answerTo(handle, name, payload).catch((error: Error) => error);
    expect(refusal, said).toBeInstanceOf(WorkflowUpdateFailedError);
    expect(((refusal as Error).cause as Error).message, said).toMatch(/given|allowed/);
  }
  devices.letGo();
  await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
  const record = await host.control.record(id);
  await host.control.waitUntilStopped(twin, undefined, { pollMs: 100 });
  const calm = await host.control.record(twin);
  // The hash of the data counts the ids in.
  const ended = (text: unknown) =>
    JSON.stringify(text)
      .replaceAll(id, 'ID')
      .replaceAll(twin, 'ID')
      .replaceAll(/"dataHash":"\w+"/g, '');
  expect(ended(comparable(record))).toBe(ended(comparable(calm)));
  expect(record.audit).toEqual([]);
  const history = await handle.fetchHistory();
  expect(history.events?.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
});

it('status and verbs name what a workflow cannot get past', async () => {
  const other = await durableHost({ worker: false });
  // Where the bundler finds Temporal's own packages.
  const folder = await mkdtemp(fileURLToPath(new URL('../../dist/failing-', import.meta.url)));
  const connection = await NativeConnection.connect({ address: other.settings.temporalAddress });
  try {
    await writeFile(
      join(folder, 'index.js'),
      `export async function campaignWorkflow() { throw new TypeError("Cannot destructure property 'id' of null"); }\n`,
    );
    const taskQueue = other.settings.taskQueue!;
    const worker = await Worker.create({ connection, taskQueue, workflowsPath: join(folder, 'index.js') });
    const runs = worker.run();
    const id = other.id('failing');
    await other.control.start(problemCampaign(id));
    const report = await eventually(async () => {
      const now = await other.control.status(id);
      return now.course.retrying.length > 0 && now;
    });
    expect(report.course).toMatchObject({ workflow: 'running', retrying: [{ id, activity: 'workflowTask' }] });
    expect(report.course.retrying[0]!.message).toMatch(/its task fails: .*Cannot destructure property 'id' of null/);
    await expect(other.control.pause(id, { who })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringMatching(/takes no decisions: .*Cannot destructure|no worker confirmed/),
    });
    worker.shutdown();
    await runs;
  } finally {
    await connection.close();
    await rm(folder, { recursive: true, force: true });
    await other.close();
  }
});
