import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { loadAdapterModules } from '../../lab-adapters/modules.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { virtualClock } from './virtual-clock.js';

const example = fileURLToPath(new URL('../../examples/third-party-adapter/', import.meta.url));
const [furnace] = await loadAdapterModules(['./adapter.js'], example);
const base = await mkdtemp(join(tmpdir(), 'athanor-furnace-'));
afterAll(() => rm(base, { recursive: true }));

const clock = virtualClock();
const open = (folder: string) => furnace!.create(furnace!.settings.parse({}), { clock, folder, log: () => {} });
const request = (temperature: number, hours: number): JobRequest => ({
  design: { temperature, hours },
  rowId: null,
  substances: {},
  fidelity: 'anneal',
  objectives: ['share'],
});
let made = 0;
describeAdapterLaws('furnace, an adapter of a third party', {
  newFolder: async () => {
    const folder = join(base, String(++made));
    await mkdir(folder);
    return folder;
  },
  clock,
  limitMs: 100 * 3_600_000,
  succeeds: { open, request: request(800, 2) },
  another: request(900, 2),
  refused: { open, request: request(2000, 2) },
  runsLong: { open, request: request(800, 150) },
});

test('the campaign of the example names the module, and any registry can load it from what the file became', async () => {
  const { spec } = await loadCampaign(join(example, 'campaign.yaml'));
  expect(spec.adapters).toEqual([join(example, 'adapter.js')]);
  expect(spec.fidelities[0]!.settings).toEqual({ minutesPerHour: 0.0001, cost: 1 });
  const registry = createRegistry(await loadAdapterModules(spec.adapters, '/'));
  const adapter = registry.create('furnace', spec.fidelities[0]!.settings, { clock, folder: '', log: () => {} });
  const job = await adapter.submit('furnace/r1/p1', request(850, 10), { fence: 1 });
  await clock.sleep((await adapter.status(job)).pollAfterMs ?? 0);
  const { values } = await adapter.result(job);
  expect(values.share).toBeGreaterThan(0.3);
  expect(values.share).toBeLessThan(1);
});
