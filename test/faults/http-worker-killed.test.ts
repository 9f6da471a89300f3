import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { startCounterpart } from '../support/counterparts.js';
import { durableHost, eventually } from '../workflows/durable-host.js';
import { startWorkerProcess } from './worker-process.js';

const program = fileURLToPath(new URL('../counterparts/http-device.mjs', import.meta.url));

test('kill -9 of the worker, three times, and of a device of HTTP: each trial is begun once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-http-killed-'));
  const host = await durableHost({ worker: false });
  let device = await startCounterpart(process.execPath, [program, folder, '0']);
  const port = device.line;
  let worker = await startWorkerProcess(host.settings);
  try {
    const settings = {
      url: `http://127.0.0.1:${port}/lab`,
      timeout: '2s',
      poll: '50ms',
      submit: { path: '/jobs', body: { key: '{key}', x: '{x}', ms: 300 }, job: 'id' },
      find: { path: '/jobs?key={key}', list: 'items', match: 'meta.key', job: 'id' },
      status: { path: '/jobs/{job}', state: 'status', states: { running: ['busy'], succeeded: ['done'] } },
      result: { path: '/jobs/{job}/result' },
      values: { y: 'out.y' },
    };
    await writeFile(
      join(folder, 'campaign.yaml'),
      `name: killed
seed: 16
parallel: 2
space: {parameters: [{name: x, type: continuous, bounds: [0, 12]}]}
objectives: [{name: y, direction: maximise}]
fidelities: [{name: robot, adapter: http, settings: ${JSON.stringify(settings)}, cost: 1}]
budget: {trials: 10}
`,
    );
    const loaded = await loadCampaign(join(folder, 'campaign.yaml'));
    const campaign = { ...loaded, id: host.id('h') };
    await host.control.start(campaign);
    for (const least of [1, 3, 5]) {
      await eventually(async () => (await host.control.status(campaign.id)).measured >= least);
      await worker.kill();
      worker = await startWorkerProcess(host.settings);
    }
    await device.kill();
    device = await startCounterpart(process.execPath, [program, folder, port]);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const { trials } = await host.control.record(campaign.id);
    expect(trials.map(({ observation }) => observation?.outcome)).toEqual(Array(10).fill('measured'));
    const ledger = (await readFile(join(folder, 'device.jsonl'), 'utf8')).trim().split('\n');
    const keys = ledger.map((line) => (JSON.parse(line) as { key: string }).key);
    expect(keys.sort()).toEqual(trials.map(({ proposal }) => `${proposal.id}/g1/run`).sort());
  } finally {
    await worker.kill();
    await device.kill();
    await host.close();
    await rm(folder, { recursive: true });
  }
});
