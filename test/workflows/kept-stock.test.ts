import { afterAll, beforeAll, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import { labSchema } from '../../models/domain/lab.js';
import { runCli } from '../support/cli.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

const device = (delayMs: number) => ({ adapter: 'problem', settings: { problem: 'branin', delayMs } });
const both = { x1: '{x1}', x2: '{x2}' };

it('a trial begins once the stock suffices for all its steps, keeps it, and gives back what it did not come to', async () => {
  const lab = labSchema.parse({
    name: host.id('kept'),
    instruments: { robot: device(0), balance: { ...device(600_000), uses: { pan: 1 } } },
    positions: { shelf: { slots: 2 } },
    stock: { argon: { unit: 'L', amount: 5 }, pan: { unit: 'pieces', amount: 2 } },
  });
  await host.control.labs.up(lab, 'ann');
  const recipe = [
    { step: 'make', on: 'robot', with: both, uses: { argon: 1 }, at: 'shelf' },
    { step: 'weigh', on: 'balance', with: both, uses: { argon: 2 }, gives: ['value'] },
  ];
  const campaign = problemCampaign(host.id('kept'), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', recipe, cost: 3 }],
    parallel: 2,
    synchronous: true,
    budget: { trials: 3 },
  });
  const begun = async () => (await listSubmissions(host.store.query, campaign.id)).map(({ step }) => step).join(' ');
  const stock = async () =>
    Object.fromEntries(
      (await host.control.labs.show(lab.name)).stock.map(({ name, left, reserved }) => [name, [left, reserved]]),
    );
  await host.control.start(campaign);
  // The first weighs, and has drawn all that it needs; the second would lack 1 L in the midst, and has nothing.
  const waiting = await eventually(async () => {
    const { resources } = await host.control.labs.show(lab.name);
    const short = resources.flatMap((resource) => resource.waiting ?? []).filter((one) => one.short === 'argon');
    return (await begun()) === 'make weigh' && short.length === 1 && short;
  });
  expect(waiting[0]!.key).toMatch(/\/g1\/@shelf$/);
  expect(await stock()).toEqual({ argon: [2, 0], pan: [1, 0] });
  const open = (await host.control.labs.leases(lab.name)).filter(({ releasedAt }) => releasedAt === null);
  expect(open.map(({ resource }) => resource).sort()).toEqual(['balance', 'shelf']);
  const stillness = async () => JSON.stringify(await host.control.stillness());
  await expect.poll(stillness).toContain('low: 2 L left, and 3 are wanted');
  // Who adds a design is told at once.
  const { home, databaseUrl, temporalAddress } = host.settings;
  const env = { ATHANOR_HOME: home, DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress };
  const own = ['x1=1', 'x2=2', '--why', 'as in the paper'];
  const added = await runCli(['add', campaign.id, ...own], { env });
  expect([added.code, added.stderr, added.stdout]).toEqual([
    0,
    '',
    expect.stringContaining(
      `it waits for stock: 2 L of argon left, and 3 are wanted: athanor lab refill argon AMOUNT --lab ${lab.name}`,
    ),
  ]);
  await host.control.labs.refill(lab.name, 'argon', 1, { who: 'ann', why: 'a new bottle', requestId: host.id('r') });
  await eventually(async () => (await begun()) === 'make weigh make');
  expect(await stock()).toEqual({ argon: [0, 2], pan: [0, 1] });
  await host.control.abort(campaign.id, { who: 'ann' });
  await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
  expect(await stock()).toEqual({ argon: [2, 0], pan: [1, 0] });
});
