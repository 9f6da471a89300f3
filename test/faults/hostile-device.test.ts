import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { durableHost } from '../workflows/durable-host.js';
import { startWorkerProcess } from './worker-process.js';

/** What the device says of single trials, however often it is asked, and what is to be read in their cause; all others are as they should be. */
const hostile: readonly (readonly [says: string, words: RegExp])[] = [
  ['{"y": "hot", "unit": "mg"}', /"hot"/],
  ['{"y": NaN, "unit": "mg"}', /NaN and Infinity are not JSON/],
  ['{"y": 5, "unit": "furlong"}', /'furlong'/],
  ['<!doctype html><title>Login</title>', /HTML or XML, not JSON: <!doctype html>/],
  ['{"y": 5, "un', /is not one JSON document/],
  [`{"y": [${'1,'.repeat(200_000)}1]}`, /more than 100000 bytes/],
  ['{"y": 1e300, "unit": "mg"}', /y = 1e\+300; a number of at most 1e\+100/],
  ['{"y": true, "unit": "mg"}', /true stands there/],
  ['{"y": 5, "y": 6, "unit": "mg"}', /y: given more than once/],
  ['', /is empty; one JSON document is wanted/],
];

test('a device that says nonsense of single trials: they are set aside with its words, all others measured, the worker lives', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-hostile-'));
  const host = await durableHost({ worker: false });
  const designs: number[] = [];
  const device = http.createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const [, of, result] = /^\/jobs\/(\d+)(\/result)?$/.exec(request.url!) ?? [];
    // Every second trial is a good one.
    const said = of === undefined || Number(of) % 2 === 0 ? undefined : hostile[(Number(of) - 1) / 2]?.[0];
    if (request.method === 'POST')
      response.end(JSON.stringify({ id: designs.push((JSON.parse(text) as { x: number }).x) }));
    else if (result === undefined) response.end(JSON.stringify({ status: 'done' }));
    else response.end(said ?? JSON.stringify({ y: 2 * designs[Number(of) - 1]!, unit: 'g' }));
  });
  device.listen(0, '127.0.0.1');
  await once(device, 'listening');
  const worker = await startWorkerProcess(host.settings);
  try {
    const settings = {
      url: `http://127.0.0.1:${(device.address() as AddressInfo).port}`,
      timeout: '5s',
      poll: '20ms',
      replyLimit: 100_000,
      submit: { path: '/jobs', body: { x: '{x}' }, job: 'id' },
      status: { path: '/jobs/{job}', state: 'status', states: { succeeded: ['done'] } },
      result: { path: '/jobs/{job}/result' },
      values: { y: { path: 'y', unit: { path: 'unit' }, as: 'mg' } },
    };
    await writeFile(
      join(folder, 'campaign.yaml'),
      `name: hostile
seed: 5
space: {parameters: [{name: x, type: continuous, bounds: [0, 12]}]}
objectives: [{name: y, direction: maximise, unit: mg}]
fidelities: [{name: robot, adapter: http, settings: ${JSON.stringify(settings)}, cost: 1}]
strategy: {initial: {trials: ${2 * hostile.length + 2}}}
budget: {trials: ${2 * hostile.length + 2}}
`,
    );
    const campaign = { ...(await loadCampaign(join(folder, 'campaign.yaml'))), id: host.id('h') };
    await host.control.start(campaign);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const { trials } = await host.control.record(campaign.id);
    expect(trials).toHaveLength(2 * hostile.length + 2);
    for (const { proposal, observation } of trials) {
      const at = designs.indexOf(proposal.design.x as number);
      const [, words] = (at % 2 === 0 && hostile[at / 2]) || [];
      if (words === undefined) {
        expect(observation!.outcome).toBe('measured');
        expect(observation!.values.y).toBeCloseTo(2_000 * (proposal.design.x as number), 6);
      } else {
        expect(observation).toMatchObject({ outcome: 'quarantined', values: {} });
        expect(observation!.cause!.message).toMatch(words);
      }
    }
    expect([worker.child.exitCode, worker.child.signalCode]).toEqual([null, null]);
  } finally {
    await worker.kill();
    device.close();
    await host.close();
    await rm(folder, { recursive: true });
  }
});
