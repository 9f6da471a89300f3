import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AthanorError } from '../../models/domain/errors.js';
import { type Counterpart, startCounterpart } from '../support/counterparts.js';
import { type DurableHost, durableHost, eventually } from '../workflows/durable-host.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

const device = fileURLToPath(new URL('../counterparts/http-device.mjs', import.meta.url));
const built = (file: string) => new URL(`../../dist/lab-adapters/${file}`, import.meta.url).href;

/**
 * The adapter `http` in a worker that stops itself (SIGSTOP) at the moment ordered by a file, once: `checking` is before the ledger has its line, `called` between the
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
  return { ...inner, validate: told('checking', inner.validate), submit: told('called', inner.submit), cancel: told('cancelling', inner.cancel) };
} }];
`;

/** A device, and workers that stop themselves while they drive it. */
export interface Stage {
  readonly host: DurableHost;
  readonly folder: string;
  /** Module of the adapter `stopping`. */
  readonly module: string;
  /** Settings of `stopping`. @param ms - how long a job takes, or a place to fill in from the design */
  settings(ms: number | string): Readonly<Record<string, unknown>>;
  /** The next worker that comes to it is to stop there. */
  stopAt(moment: string): Promise<void>;
  work(): Promise<WorkerProcess>;
  stopped(worker: WorkerProcess): Promise<unknown>;
  /** Lets a worker that was stopped go on, until its call has been answered; in one word how. */
  wake(worker: WorkerProcess): Promise<string>;
  /** What the device did: the word and the trial's number, for each. */
  moved(...campaigns: readonly { readonly id: string }[]): Promise<string[]>;
  /** Has a campaign aborted, said until it is taken, or was taken before: a worker that is stopped may have been given the task. */
  abort(campaign: { readonly id: string }): Promise<void>;
}

/** Plays on real servers, with a device in a process of its own. */
export async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-stopped-'));
  const host = await durableHost({ worker: false });
  const workers: WorkerProcess[] = [];
  const counterpart: Counterpart = await startCounterpart(process.execPath, [device, folder, '0']);
  const module = join(folder, 'stopping.mjs');
  await writeFile(module, stopping(folder));
  const settings = (ms: number | string) => ({
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
  });
  const stopAt = (moment: string) => writeFile(join(folder, moment), '');
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
  const moved = async (...campaigns: readonly { readonly id: string }[]) => {
    const text = await readFile(join(folder, 'device.jsonl'), 'utf8').catch(() => '');
    const lines = text.split('\n').filter(Boolean);
    const short = (key: string) =>
      campaigns.reduce(
        (left, { id }) => left.replace(`${id}/`, `${campaigns.length > 1 ? `${id.split('-')[0]} ` : ''}`),
        key,
      );
    return lines.map((line) => {
      const { word, key } = JSON.parse(line) as { word: string; key?: string };
      return key === undefined ? word : `${word} ${short(key)}`;
    });
  };
  const abort = async ({ id }: { readonly id: string }) => {
    const ordered = () =>
      host.control.abort(id, { who: 'tester' }).then(
        () => 'taken',
        ({ code }: AthanorError) => code,
      );
    const said = await eventually(async () => {
      const answer = await ordered();
      return answer !== 'SERVICE_UNAVAILABLE' && answer;
    });
    if (!['taken', 'WRONG_STATE'].includes(said)) throw new Error(`the abort of ${id} was answered with ${said}`);
  };
  try {
    await play({ host, folder, module, settings, stopAt, work, stopped, wake, moved, abort });
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await counterpart.kill();
    await host.close();
    await rm(folder, { recursive: true });
  }
}

/** What became of a call that came too late: older than the last one, or its number of the ledger's was taken by another. */
export const refused = /^(CONTRACT|ADAPTER)$/;
