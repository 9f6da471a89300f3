import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import type { AthanorError } from '../../models/domain/errors.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { type Counterpart, startCounterpart } from '../support/counterparts.js';
import { type DurableHost, durableHost, eventually } from '../workflows/durable-host.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

const device = fileURLToPath(new URL('../counterparts/http-device.mjs', import.meta.url));
const built = (file: string) => new URL(`../../dist/lab-adapters/${file}`, import.meta.url).href;

/**
 * The adapter `http` in a worker that stops itself (SIGSTOP) at the moment ordered by a file, once: `called` is between the
 * number that the store gave and the adapter, `written` when the ledger says that the device is called, `cancelling` before it is
 * told to cancel. What became of that call is written down. At `held` it waits for the file `go`, as `called`, to be stopped from outside.
 */
const stopping = (folder: string) => `
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { http } from '${built('http/index.js')}';
import { httpDevice } from '${built('http/device.js')}';
import { Calls } from '${built('http/calls.js')}';
import { remoteAdapter } from '${built('internal/remote-adapter.js')}';
const folder = ${JSON.stringify(folder)};
function stopAt(moment) {
  try { rmSync(folder + '/' + moment); } catch { return false; }
  process.kill(process.pid, 'SIGSTOP');
  return true;
}
export const adapters = [{ ...http, name: 'stopping', create(settings, context) {
  const device = httpDevice(settings, new Calls(settings, process.env));
  let stopped = false;
  const limit = device.beginLimitMs;
  const here = Object.defineProperty({ ...device }, 'beginLimitMs', { get() { stopped = stopAt('written') || stopped; return limit; } });
  const inner = remoteAdapter(context, here);
  const told = (moment, verb) => async (...given) => {
    stopped = stopAt(moment) || stopped;
    if (moment === 'called' && existsSync(folder + '/held')) {
      rmSync(folder + '/held');
      writeFileSync(folder + '/holds', '');
      while (!existsSync(folder + '/go')) await new Promise((resolve) => setTimeout(resolve, 20));
      stopped = true;
    }
    const said = await verb(...given).then(() => 'done', (error) => error.code);
    if (stopped) appendFileSync(folder + '/woken', said + '\\n');
    stopped = false;
    return verb(...given);
  };
  return { ...inner, submit: told('called', inner.submit), cancel: told('cancelling', inner.cancel) };
} }];
`;

interface Stage {
  readonly host: DurableHost;
  readonly folder: string;
  /** Begins a campaign on the device, whose worker is to stop at a moment. */
  begin(moment: string, ms: number): Promise<Campaign>;
  work(): Promise<WorkerProcess>;
  stopped(worker: WorkerProcess): Promise<unknown>;
  /** Lets a worker that was stopped go on, until its call has been answered; in one word how. */
  wake(worker: WorkerProcess): Promise<string>;
  /** What the device did: the word and the trial's number, for each. */
  moved(campaign: Campaign): Promise<string[]>;
}

async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-stopped-'));
  const host = await durableHost({ worker: false });
  const workers: WorkerProcess[] = [];
  let counterpart: Counterpart | null = null;
  const begin = async (moment: string, ms: number) => {
    counterpart = await startCounterpart(process.execPath, [device, folder, '0']);
    const settings = {
      url: `http://127.0.0.1:${counterpart.line}/lab`,
      timeout: '2s',
      poll: '50ms',
      submit: { path: '/jobs', body: { key: '{key}', x: '{x}', ms }, job: 'id' },
      find: { path: '/jobs?key={key}', list: 'items', match: 'meta.key', job: 'id' },
      status: {
        path: '/jobs/{job}',
        state: 'status',
        states: { running: ['busy'], succeeded: ['done'], cancelled: ['aborted'] },
      },
      result: { path: '/jobs/{job}/result' },
      cancel: { method: 'DELETE', path: '/jobs/{job}' },
      values: { y: 'out.y' },
    };
    await writeFile(join(folder, 'stopping.mjs'), stopping(folder));
    await writeFile(
      join(folder, 'campaign.yaml'),
      `name: stopped
seed: 16
adapters: [./stopping.mjs]
space: {parameters: [{name: x, type: continuous, bounds: [0, 12]}]}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: robot, adapter: stopping, settings: ${JSON.stringify(settings)}, cost: 1}]
budget: {trials: 2}
`,
    );
    const campaign = { ...(await loadCampaign(join(folder, 'campaign.yaml'))), id: host.id('s') };
    await writeFile(join(folder, moment), '');
    await host.control.start(campaign);
    return campaign;
  };
  const work = async () => {
    const worker = await startWorkerProcess(host.settings);
    workers.push(worker);
    return worker;
  };
  const stopped = (worker: WorkerProcess) =>
    eventually(async () =>
      / T /.test((await readFile(`/proc/${worker.child.pid}/stat`, 'utf8')).replace(/\(.*\)/, '')),
    );
  const wake = async (worker: WorkerProcess) => {
    worker.child.kill('SIGCONT');
    await eventually(async () => existsSync(join(folder, 'woken')));
    return (await readFile(join(folder, 'woken'), 'utf8')).trim();
  };
  const moved = async (campaign: Campaign) => {
    const text = await readFile(join(folder, 'device.jsonl'), 'utf8').catch(() => '');
    const lines = text.split('\n').filter(Boolean);
    return lines.map((line) => {
      const { word, key } = JSON.parse(line) as { word: string; key?: string };
      return key === undefined ? word : `${word} ${key.slice(campaign.id.length + 1)}`;
    });
  };
  try {
    await play({ host, folder, begin, work, stopped, wake, moved });
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await (counterpart as Counterpart | null)?.kill();
    await host.close();
    await rm(folder, { recursive: true });
  }
}

/** An older call than the last; or its number of the ledger's was taken by another. */
const refused = /^(CONTRACT|ADAPTER)$/;

describe.concurrent('a worker that is stopped past its heartbeat, and woken', { timeout: 240_000 }, () => {
  test.each(['called', 'written'])('moves nothing where another went on with the trial: %s', (moment) =>
    onStage(async ({ host, begin, work, stopped, wake, moved }) => {
      const first = await work();
      const campaign = await begin(moment, 300);
      await stopped(first);
      await work();
      await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
      const before = await moved(campaign);
      expect(before).toEqual(['start r1/p1/g1/run', 'start r2/p1/g1/run']);
      expect(await wake(first)).toMatch(refused);
      expect(await moved(campaign)).toEqual(before);
      const { trials } = await host.control.record(campaign.id);
      expect(trials.map(({ observation }) => observation?.outcome)).toEqual(['measured', 'measured']);
    }),
  );

  test('begins no job of a trial that was recorded as cancelled', () =>
    onStage(async ({ host, folder, begin, work, stopped, wake, moved }) => {
      const first = await work();
      const campaign = await begin('held', 300);
      await eventually(async () => existsSync(join(folder, 'holds')));
      await host.control.abort(campaign.id, { who: 'tester' });
      first.child.kill('SIGSTOP');
      await stopped(first);
      await work();
      await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
      const ends = async () =>
        (await host.control.record(campaign.id)).trials.map(({ observation }) => observation?.outcome);
      expect(await ends()).toEqual(['cancelled']);
      await writeFile(join(folder, 'go'), '');
      expect(await wake(first)).toMatch(refused);
      expect(await moved(campaign)).toEqual([]);
      expect(await ends()).toEqual(['cancelled']);
    }));

  test('cancels nothing where another went on with the trial', () =>
    onStage(async ({ host, begin, work, stopped, wake, moved }) => {
      const first = await work();
      const campaign = await begin('cancelling', 600_000);
      await eventually(async () => (await moved(campaign)).length === 1);
      const abort = () =>
        host.control.abort(campaign.id, { who: 'tester' }).then(
          () => 'taken',
          ({ code }: AthanorError) => code,
        );
      // The worker may be stopped before it says so, and then the order may be lost.
      expect(['taken', 'SERVICE_UNAVAILABLE']).toContain(await abort());
      await stopped(first);
      await work();
      // Said until somebody confirms it, or that it was taken before: the worker that is stopped may have been given the task.
      const said = await eventually(async () => {
        const answer = await abort();
        return answer !== 'SERVICE_UNAVAILABLE' && answer;
      });
      expect(['taken', 'WRONG_STATE']).toContain(said);
      await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
      expect(await moved(campaign)).toEqual(['start r1/p1/g1/run', 'cancel']);
      expect(await wake(first)).toBe('done');
      expect(await moved(campaign)).toEqual(['start r1/p1/g1/run', 'cancel']);
    }));
});
