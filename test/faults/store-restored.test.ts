import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import type { Campaign } from '../../models/domain/campaign.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { startWorker } from '../../scripts/durable/worker.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { temporaryHome } from '../support/home.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from '../workflows/durable-host.js';

let host: DurableHost;
const dumps: string[] = [];
afterEach(async () => {
  for (const dump of dumps.splice(0)) await admin(`DROP DATABASE IF EXISTS ${dump} WITH (FORCE)`);
  await host?.close();
});

/** Runs SQL beside the database of the test. */
async function admin(sql: string): Promise<void> {
  const url = new URL(host.settings.databaseUrl);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const database = () => new URL(host.settings.databaseUrl).pathname.slice(1);

/** A dump of the database, whole, as of one moment. */
async function dump(): Promise<string> {
  const name = `dump_${randomBytes(8).toString('hex')}`;
  dumps.push(name);
  await eventually(async () => {
    await admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database()}'`);
    return admin(`CREATE DATABASE ${name} TEMPLATE ${database()}`).then(
      () => true,
      () => false,
    );
  });
  return name;
}

/** Puts the dump in the place of the database. */
async function restore(dumped: string): Promise<void> {
  await admin(`DROP DATABASE ${database()} WITH (FORCE)`);
  await admin(`CREATE DATABASE ${database()} TEMPLATE ${dumped}`);
}

const device = { adapter: 'problem', settings: { problem: 'branin', delayMs: 200 }, can: ['heat'] };

/** A campaign of eight trials on the two furnaces of a lab. */
async function campaignInLab(): Promise<{ lab: LabSpec; campaign: Campaign }> {
  const lab = labSchema.parse({
    name: host.id('bench'),
    instruments: { furnace: device, oven: { ...device, slots: 2 } },
  });
  await host.control.labs.up(lab, 'ann');
  const campaign = problemCampaign(host.id('restored'), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', instrument: 'heat', cost: 1 }],
    parallel: 3,
    budget: { trials: 8 },
  });
  return { lab, campaign };
}

const measured = async ({ id }: Campaign, least: number) =>
  eventually(async () => (await host.control.status(id)).measured >= least);

/** Keys that the instruments of the lab have begun, by their own ledgers. */
async function starts({ name, instruments }: LabSpec): Promise<string[]> {
  const all = Object.keys(instruments).map(async (instrument) => {
    const folder = path.join(host.settings.home, 'instruments', encodeURIComponent(`${name}/${instrument}`));
    const text = await readFile(path.join(folder, 'starts.jsonl'), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line) => (line === '' ? [] : (JSON.parse(line).key as string)));
  });
  return (await Promise.all(all)).flat();
}

const idsOf = (trials: readonly TrialRecord[]) => trials.map(({ proposal }) => proposal.id);

/** @param known - ids of the trials that the database had */
async function endsWell(lab: LabSpec, campaign: Campaign, known: readonly string[]): Promise<void> {
  const before = await starts(lab);
  await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
  const record = await host.control.record(campaign.id);
  expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(Array(8).fill('measured'));
  const begun = await starts(lab);
  expect(new Set(begun).size).toBe(begun.length);
  const keys = record.trials.map(({ proposal }) => `${proposal.id}/g1/run`);
  expect(begun).toEqual(expect.arrayContaining(keys));
  // Jobs of trials that the database had lost are nobody else's.
  const had = known.map((id) => `${id}/g1/run`);
  expect(keys.filter((key) => before.includes(key) && !had.includes(key))).toEqual([]);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  await eventually(async () => {
    const leases = await host.control.labs.leases(lab.name);
    return leases.every(({ releasedAt }) => releasedAt !== null);
  });
}

/** A campaign in a lab that was dumped when two trials were measured, and then went on until so many were, with the worker that did it. */
async function dumpedOnTheWay(count: number) {
  host = await durableHost({ worker: false });
  const { lab, campaign } = await campaignInLab();
  const first = await host.work();
  await host.control.start(campaign);
  await measured(campaign, 2);
  await first.shutdown();
  const dumped = await dump();
  const worker = await host.work();
  await measured(campaign, count);
  return { lab, campaign, dumped, worker };
}

it('a worker refuses a database that was restored from an older dump, and goes on from it by a person’s word', async () => {
  const { lab, campaign, dumped, worker } = await dumpedOnTheWay(5);
  await worker.shutdown();
  await restore(dumped);
  const before = (await host.control.record(campaign.id)).trials;
  expect(before.filter(({ state }) => state === 'ended').length).toBeLessThan(5);
  await expect(startWorker(host.settings)).rejects.toThrow(
    /older state of the one that was worked with here.*--restored/,
  );
  // Another home has not worked with it, but workflows know of more.
  const home = await temporaryHome();
  await expect(startWorker({ ...host.settings, home: home.path })).rejects.toThrow('athanor worker --restored');
  await home.remove();
  expect((await host.control.record(campaign.id)).trials).toEqual(before);
  const again = await startWorker({ ...host.settings, restoredBy: 'ann' });
  try {
    await endsWell(lab, campaign, idsOf(before));
    const { audit } = await host.control.record(campaign.id);
    expect(audit).toMatchObject([{ who: 'ann', action: 'restored' }]);
  } finally {
    await again.shutdown();
  }
});

it('a worker at work notices that the database was restored, and ends', async () => {
  const { lab, campaign, dumped, worker } = await dumpedOnTheWay(4);
  await restore(dumped);
  await expect(worker.ended).rejects.toThrow('athanor worker --restored');
  const known = idsOf((await host.control.record(campaign.id)).trials);
  const again = await startWorker({ ...host.settings, restoredBy: 'ann' });
  try {
    await endsWell(lab, campaign, known);
  } finally {
    await again.shutdown();
  }
});
