import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCampaign } from '../../scripts/campaign-file.js';
import type { Said } from '../../scripts/durable/resolve.js';
import { totalCost } from '../../scripts/outcome.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type Counterpart, startCounterpart } from '../support/counterparts.js';
import { type DurableHost, durableHost, eventually } from './durable-host.js';

const program = fileURLToPath(new URL('../counterparts/http-device.mjs', import.meta.url));
const ann = { who: 'ann', note: 'she looks' };
const says = (verdict: Said['verdict'], more: Partial<Said> = {}): Said => ({
  verdict,
  job: null,
  cause: null,
  who: 'ann',
  why: 'she looked',
  ...more,
});

let host: DurableHost;
let folder: string;
let device: Counterpart;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-resolve-'));
  [host, device] = await Promise.all([durableHost(), startCounterpart(process.execPath, [program, folder, '0'])]);
});
afterAll(async () => {
  await host?.close();
  await device?.kill();
  await rm(folder, { recursive: true });
});

/** A campaign of two trials on a device that cannot be asked for a key, and whose first reply to a submit is lost. */
async function begun(lab: string, fault: 'dropAfter' | 'dropBefore', more = '') {
  const url = `http://127.0.0.1:${device.line}/${lab}`;
  const order = { on: 'submit', fault, times: 1 };
  await fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify(order) });
  const settings = {
    url,
    timeout: '2s',
    poll: '20ms',
    submit: { path: '/jobs', body: { key: '{key}', x: '{x}', ms: 50 }, job: 'id' },
    status: { path: '/jobs/{job}', state: 'status', states: { running: ['busy'], succeeded: ['done'] } },
    result: { path: '/jobs/{job}/result' },
    values: { y: 'out.y' },
  };
  await writeFile(
    join(folder, `${lab}.yaml`),
    `name: resolved
seed: 16
space: {parameters: [{name: x, type: continuous, bounds: [0, 12]}]}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: robot, adapter: http, settings: ${JSON.stringify(settings)}, cost: 2}]
budget: {trials: 2, cost: 7}
${more}`,
  );
  const id = host.id(lab);
  await host.control.start({ ...(await loadCampaign(join(folder, `${lab}.yaml`))), id });
  return { id, trial: `${id}/r1/p1` };
}

/** Keys that the device began in a laboratory. */
async function starts(lab: string): Promise<string[]> {
  const text = await readFile(join(folder, 'device.jsonl'), 'utf8').catch(() => '');
  const lines = text.split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as { word: string; lab: string; key: string })
    .flatMap((line) => (line.word === 'start' && line.lab === lab ? [line.key] : []));
}

async function outcomesOf(id: string) {
  const { trials } = await host.control.record(id);
  return trials.map(({ observation }) => observation?.outcome);
}

const stopped = (id: string) => host.control.waitUntilStopped(id, undefined, { pollMs: 50 });

/** The record after a trip through a file, computed again; its costs are those of the store. */
async function verified(id: string) {
  const record = parseRecord(exportJson(await host.control.record(id)), id);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  expect((await host.control.status(id)).spent).toBeCloseTo(totalCost(record), 9);
  return record;
}

describe('a job of which nobody can tell what became of it', () => {
  it('is taken over by the name that its device has for it, once its campaign has stopped', async () => {
    const { id, trial } = await begun('after', 'dropAfter');
    await stopped(id);
    expect(await outcomesOf(id)).toEqual(['quarantined', 'measured']);
    expect(await host.control.status(id)).toMatchObject({ unresolved: [trial], spent: 4 });
    await expect(host.control.resolve(`${id}/r2/p1`, says('notStarted'))).rejects.toThrow(
      'it ended as measured, and what became of its job is known',
    );
    // A slip of the pen: the device has no such job, and the trial waits for a person again.
    await host.control.resolve(trial, says('started', { job: 'j9' }));
    await stopped(id);
    expect((await host.control.record(id)).trials[0]!.observation?.cause?.message).toContain("no job 'j9'");
    expect(await host.control.status(id)).toMatchObject({ unresolved: [trial], spent: 4 });
    await host.control.resolve(trial, says('started', { job: 'j1' }));
    await stopped(id);
    expect(await outcomesOf(id)).toEqual(['measured', 'measured']);
    expect(await starts('after')).toEqual([`${trial}/g1/run`, `${id}/r2/p1/g1/run`]);
    const { trials } = await verified(id);
    expect(trials[0]!.earlier).toMatchObject([{ uncharged: true }, { uncharged: true }]);
    expect(await host.control.status(id)).toMatchObject({ unresolved: [], spent: 4 });
  });

  it('is taken over while its campaign runs; who comes second is told who was first', async () => {
    const { id, trial } = await begun('running', 'dropAfter', 'parallel: 1');
    await eventually(async () => (await host.control.status(id)).unresolved.length === 1);
    await host.control.pause(id, ann);
    const bob = says('notStarted', { who: 'bob' });
    await host.control.resolve(trial, says('started', { job: 'j1' }));
    const first = /cannot be resolved: ann said at 20\S+ that it started as job 'j1': she looked/;
    await expect(host.control.resolve(trial, bob)).rejects.toThrow(first);
    await host.control.resume(id, ann);
    await stopped(id);
    expect(await outcomesOf(id)).toEqual(['measured', 'measured']);
    await expect(host.control.resolve(trial, bob)).rejects.toThrow('what became of its job is known');
    expect(await starts('running')).toEqual([`${trial}/g1/run`, `${id}/r2/p1/g1/run`]);
    await verified(id);
  });

  it('that never began is submitted anew, and its cost given back', async () => {
    const { id, trial } = await begun('before', 'dropBefore');
    await stopped(id);
    expect(await outcomesOf(id)).toEqual(['quarantined', 'measured']);
    await host.control.resolve(trial, says('notStarted'));
    await stopped(id);
    expect(await starts('before')).toEqual([`${id}/r2/p1/g1/run`, `${trial}/g2/run`]);
    const { trials } = await verified(id);
    expect(trials[0]).toMatchObject({ observation: { outcome: 'measured' }, earlier: [{ uncharged: true }] });
    expect((await host.control.status(id)).spent).toBe(4);
  });

  it('that failed counts as failed', async () => {
    const { id, trial } = await begun('failed', 'dropAfter');
    await stopped(id);
    const resolved = await host.control.resolve(trial, says('failed', { cause: 'device' }));
    expect(resolved.observation).toMatchObject({ outcome: 'failed', cause: { class: 'device' } });
    expect((await host.control.status(id)).unresolved).toEqual([]);
    await expect(host.control.resolve(trial, says('notStarted', { who: 'bob' }))).rejects.toThrow('ann said at');
    await verified(id);
  });
});
