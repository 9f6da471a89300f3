import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CampaignRecord } from '../../models/domain/record.js';
import { readCampaignText } from '../../scripts/campaign-file.js';
import { registryFor } from '../../scripts/campaign-registry.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { type DurableHost, durableHost } from './durable-host.js';

/** A furnace that fails what comes while it is hot. */
const furnace = `
class Furnace {
  traits = { resultRetention: 'process', exclusive: true, deterministic: true, virtualTime: false };
  pollMs = 5;
  #jobs = new Map();
  #hot = null;
  async validate() { return []; }
  async submit(key) {
    if (!this.#jobs.has(key)) this.#jobs.set(key, { looks: 4, busy: this.#hot !== null });
    this.#hot ??= key;
    return key;
  }
  async find(key) { return this.#jobs.has(key) ? key : null; }
  async status(key) {
    const job = this.#jobs.get(key);
    if (job.looks-- > 0) return { state: 'running' };
    if (this.#hot === key) this.#hot = null;
    return { state: job.busy ? 'failed' : 'succeeded' };
  }
  async result(key) {
    const { busy } = this.#jobs.get(key);
    const cause = { class: 'chemistry', code: 'busy', message: 'two at once' };
    return { values: busy ? {} : { y: 1 }, cost: 1, durationMs: 1, ...(busy ? { cause } : {}) };
  }
  async close() {}
}
const settings = { safeParse: (data) => ({ success: true, data }), parse: (data) => data };
export const adapters = [{ name: 'furnace', description: 'd', settings, create: () => new Furnace() }];
`;

let folder: string;
let host: DurableHost;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-furnace-'));
  await writeFile(join(folder, 'furnace.mjs'), furnace);
  host = await durableHost();
});
afterAll(async () => {
  await host?.close();
  await rm(folder, { recursive: true });
});

const notes: string[] = [];
const campaignNamed = (id: string) =>
  readCampaignText(
    `name: ${id}
adapters: [./furnace.mjs]
space: { parameters: [{ name: x, type: continuous, bounds: [0, 1] }] }
objectives: [{ name: y, direction: maximise }]
fidelities: [{ name: fired, adapter: furnace, settings: {}, cost: 1 }]
strategy: { initial: { trials: 6 } }
parallel: 3
budget: { trials: 6 }
`,
    { file: 'c.yaml', baseDir: folder, onNote: (note) => notes.push(note) },
  );

const outcomes = ({ trials }: CampaignRecord) => trials.map(({ observation }) => observation?.cause?.message ?? 'fine');

it('an adapter that takes one trial at a time gets one at a time, on both hosts, and who reads the file is told', async () => {
  const campaign = await campaignNamed(host.id('furnace'));
  expect(campaign.spec.fidelities[0]!.exclusive).toMatch(/^furnace-[0-9a-f]{12}$/);
  expect(notes).toEqual(["parallel is 3, but 'fired' runs one trial at a time: no more than 1 will run at once"]);
  expect(outcomes(await host.run(campaign))).toEqual(Array(6).fill('fine'));
  const registry = await registryFor(campaign.spec);
  expect(outcomes(await runInProcess(campaign, { registry }))).toEqual(Array(6).fill('fine'));
});

it('a device whose adapter could not be made where the file was read gets one trial at a time all the same', async () => {
  const campaign = await campaignNamed(host.id('unread'));
  const fidelities = campaign.spec.fidelities.map(({ exclusive: _, ...fidelity }) => fidelity);
  const unread = { ...campaign, spec: { ...campaign.spec, fidelities } };
  expect(outcomes(await host.run(unread))).toEqual(Array(6).fill('fine'));
  expect((await host.control.status(unread.id)).failed).toBe(0);
  expect(outcomes(await runInProcess(unread, { registry: await registryFor(unread.spec) }))).toEqual(
    Array(6).fill('fine'),
  );
});
