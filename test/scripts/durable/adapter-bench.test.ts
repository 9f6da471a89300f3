import { cp, lstat, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Adapter, AdapterContext, AdapterType } from '../../../lab-adapters/contract.js';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { type AdapterBench, createAdapterBench } from '../../../scripts/durable/adapter-bench.js';
import { campaignFolder } from '../../../scripts/durable/adapter-folder.js';
import { prepareHome } from '../../../scripts/home.js';
import { systemClock } from '../../../scripts/simulate/clock.js';
import { problemCampaign } from '../../workflows/durable-host.js';

let home: string;
const benches: AdapterBench[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'athanor-bench-'));
});
afterEach(async () => {
  await Promise.all(benches.splice(0).map((bench) => bench.close()));
  await rm(home, { recursive: true });
});

/** What the next process has. */
function bench(at = home, registryFor = async () => createRegistry()): AdapterBench {
  const made = createAdapterBench(at, () => undefined, registryFor);
  benches.push(made);
  return made;
}

const level = (name: string, settings: object, cost = 1) => ({ name, adapter: 'problem', settings, cost });
const branin = { problem: 'branin' };
const request = {
  design: { x1: 0, x2: 1 },
  rowId: null,
  substances: {},
  fidelity: 'exact',
  objectives: ['value'],
};
const caller = { fence: 1 };
const begun = (adapter: Adapter, key: string) => adapter.submit(key, request, caller);

describe('the adapters of a worker', () => {
  it('are one for each instrument, whichever campaigns and levels use it, over one folder', async () => {
    const fidelities = [level('low', branin), level('exact', branin), level('other', { ...branin, noise: 1 })];
    const [a, b] = ['a', 'b'].map((id) => problemCampaign(id, { fidelities }));
    const work = bench();
    const [low, exact, elsewhere, other] = await Promise.all([
      work.instrumentFor(a!, 'low'),
      work.instrumentFor(a!, 'exact'),
      work.instrumentFor(b!, 'exact'),
      work.instrumentFor(b!, 'other'),
    ]);
    expect([exact.id, elsewhere.id]).toEqual([low.id, low.id]);
    expect(exact.adapter).toBe(low.adapter);
    expect(elsewhere.adapter).toBe(low.adapter);
    expect(other.adapter).not.toBe(low.adapter);
    const jobs = [await begun(low.adapter, 'a/r1/p1/g1/run'), await begun(elsewhere.adapter, 'b/r1/p1/g1/run')];
    expect((await readdir(join(home, 'instruments', low.id))).sort()).toEqual(
      [...jobs.map((job) => `${job}.json`), 'fences', 'starts.jsonl'].sort(),
    );
  });

  it('keep to their own costs and times, and know of each other’s jobs', async () => {
    const fidelities = [
      level('low', { ...branin, cost: 1, delayMs: 60_000 }),
      level('exact', { ...branin, cost: 5, delayMs: 60_000 }, 5),
    ];
    const campaign = problemCampaign('a', { fidelities });
    const work = bench();
    const [low, exact] = [await work.instrumentFor(campaign, 'low'), await work.instrumentFor(campaign, 'exact')];
    expect(exact.id).toBe(low.id);
    const quick = problemCampaign('b', {
      fidelities: [
        level('low', { ...branin, cost: 1, delayMs: 0 }),
        level('exact', { ...branin, cost: 5, delayMs: 0 }, 5),
      ],
    });
    const costs = ['low', 'exact'].map(async (name) => {
      const { adapter } = await work.instrumentFor(quick, name);
      const job = await begun(adapter, `quick ${name}`);
      expect(await adapter.status(job)).toMatchObject({ state: 'succeeded' });
      return (await adapter.result(job)).cost;
    });
    expect(await Promise.all(costs)).toEqual([1, 5]);
    const job = await begun(low.adapter, 'key');
    expect(await exact.adapter.find!('key', { fence: 1 })).toBe(job);
    await exact.adapter.safeStop!();
    expect(await low.adapter.status(job)).toMatchObject({ state: 'cancelled' });
  });

  it('find jobs that an earlier version began in a folder for each campaign and level, and begin none of them again', async () => {
    const campaign = problemCampaign('a');
    const { adapter: name, settings } = campaign.spec.fidelities[0]!;
    const folder = join(campaignFolder(home, 'a'), 'adapters', '1-exact');
    const before = createRegistry().create(name, settings, { clock: systemClock, folder, log: () => undefined });
    const job = await begun(before, 'a/r1/p1/g1/run');
    await before.close();
    const [old, fresh] = await Promise.all([
      bench().instrumentFor(campaign, 'exact'),
      bench().instrumentFor(problemCampaign('b'), 'exact'),
    ]);
    expect(await old.adapter.find!('a/r1/p1/g1/run', { fence: 1 })).toBe(job);
    expect(await begun(old.adapter, 'a/r1/p1/g1/run')).toBe(job);
    expect((await old.adapter.result(job)).values.value).toBeGreaterThan(0);
    expect((await lstat(folder)).isDirectory()).toBe(true);
    // What begins now lies with the instrument, and is found again there.
    const later = await begun(fresh.adapter, 'b/r1/p1/g1/run');
    const again = await bench().instrumentFor(problemCampaign('b'), 'exact');
    expect(await again.adapter.find!('b/r1/p1/g1/run', { fence: 1 })).toBe(later);
    expect(await readdir(join(home, 'instruments'))).toEqual([fresh.id]);
  });

  it('leave their jobs where an earlier version finds them, should it come back', async () => {
    const campaign = problemCampaign('a');
    const { adapter } = await bench().instrumentFor(campaign, 'exact');
    const job = await begun(adapter, 'a/r1/p1/g1/run');
    const { adapter: name, settings } = campaign.spec.fidelities[0]!;
    const folder = join(campaignFolder(home, 'a'), 'adapters', '1-exact');
    const earlier = createRegistry().create(name, settings, { clock: systemClock, folder, log: () => undefined });
    expect(await earlier.find!('a/r1/p1/g1/run', { fence: 1 })).toBe(job);
    const next = await begun(earlier, 'a/r1/p2/g1/run');
    expect(await (await bench().instrumentFor(campaign, 'exact')).adapter.find!('a/r1/p2/g1/run', { fence: 1 })).toBe(
      next,
    );
  });

  it('keep to their jobs in a home that was moved, and where a later version names the instrument otherwise', async () => {
    const campaign = problemCampaign('a', { settings: { delayMs: 5 } });
    const { adapter } = await bench().instrumentFor(campaign, 'exact');
    const job = await begun(adapter, 'a/r1/p1/g1/run');
    const moved = `${home}-moved`;
    await rename(home, moved);
    await mkdir(home);
    const telling = async () => ({
      ...createRegistry(),
      get: (name: string): AdapterType => ({ ...createRegistry().get(name), incidental: [] }),
    });
    for (const registryFor of [undefined, telling]) {
      const { adapter: found } = await bench(moved, registryFor).instrumentFor(campaign, 'exact');
      expect(await found.find!('a/r1/p1/g1/run', { fence: 1 })).toBe(job);
    }
    await cp(moved, join(home, 'copy'), { recursive: true, verbatimSymlinks: true });
    await rm(moved, { recursive: true });
    const { adapter: copied } = await bench(join(home, 'copy')).instrumentFor(campaign, 'exact');
    expect(await copied.find!('a/r1/p1/g1/run', { fence: 1 })).toBe(job);
  });

  it('of one name from modules of two campaigns are never taken for one another', async () => {
    const made: string[] = [];
    const typeOf = (module: string) => ({
      ...createRegistry().get('problem'),
      create: (settings: unknown, context: AdapterContext) => {
        made.push(module);
        return createRegistry().create('problem', settings, context);
      },
    });
    const types = { a: typeOf('a'), b: typeOf('b') };
    const work = createAdapterBench(
      home,
      () => undefined,
      async ([module]) => {
        const type = types[module as 'a' | 'b'];
        return { get: () => type, create: (_, settings, context) => type.create(settings, context) };
      },
    );
    benches.push(work);
    await work.instrumentFor(problemCampaign('a', { adapters: ['a'] }), 'exact');
    await work.instrumentFor(problemCampaign('b', { adapters: ['b'] }), 'exact');
    expect(made).toEqual(['a', 'b']);
  });

  it('wait for a home that can be written', async () => {
    await writeFile(join(home, 'instruments'), 'a file');
    await expect(bench().instrumentFor(problemCampaign('a'), 'exact')).rejects.toMatchObject({ code: 'ADAPTER' });
    await rm(join(home, 'instruments'));
    await bench().instrumentFor(problemCampaign('a'), 'exact');
    const lines: string[] = [];
    await prepareHome(home, (line) => lines.push(line));
    expect(lines.filter((line) => /other things/.test(line))).toEqual([]);
  });
});
