import { afterAll, beforeAll, expect, it } from 'vitest';
import { closedTimes } from '../../activities/maintenance.js';
import type { LeaseEntry } from '../../activities/store/lease.js';
import { instrumentsFor, type LabSpec, labSchema } from '../../models/domain/lab.js';
import { undoneBy } from '../../models/domain/step-name.js';
import { problemCampaign } from './durable-host.js';
import { day, hour, type SkippedTime, skippedTime } from './skipped-time.js';

const ann = { who: 'ann', why: 'the day’s round' };

let time: SkippedTime;
beforeAll(async () => {
  time = await skippedTime('shared-lab');
});
afterAll(() => time?.close());

const lab = labSchema.parse({
  name: 'shared',
  instruments: {
    furnace: {
      adapter: 'slow',
      settings: { hours: 45 },
      can: ['heat'],
      maintenance: [{ every: ['mon'], from: '08:00', until: '20:00', zone: 'Europe/Berlin', why: 'seals' }],
    },
    oven: { adapter: 'slow', settings: { hours: 60 }, can: ['heat', 'measure'], slots: 2 },
    xrd: { adapter: 'slow', settings: { hours: 24 }, can: ['measure'], uses: { film: 1 } },
  },
  stock: { film: { unit: 'sheets', amount: 8, warnBelow: 2 } },
  positions: { shelf: { slots: 3 } },
});

const campaign = (id: string, level: object, more: object) =>
  problemCampaign(id, {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', cost: 2, ...level }],
    parallel: 4,
    ...more,
  });

/** What is baked stands on the shelf until it is measured. */
const recipe = [
  { step: 'bake', on: 'heat', with: { x1: '{x1}' }, at: 'shelf', undo: { with: { x1: 0 } } },
  { step: 'measure', on: 'measure', with: { x1: '{x1}', x2: '{x2}' }, gives: ['value'] },
];
const failing = 'heating/r2/p1';

it('two campaigns share a lab for a month: no slot doubly leased, both end, none idle while a step waits for it', async () => {
  const { control, devices, now: clock, server } = time;
  await control.labs.up(lab, 'ann');
  const both = [
    campaign('heating', { recipe }, { budget: { trials: 16 } }),
    campaign('measuring', { instrument: 'measure' }, { budget: { trials: 22 }, priority: 1 }),
  ];
  devices.order(`${failing}/g1/measure`, 'fails');
  const began = await clock();
  for (const one of both) await control.start(one);
  // What people do, by the day: a fault that takes four days to mend, and film that comes a week after it was used up.
  const shut: Record<string, Span[]> = { furnace: [], oven: [], xrd: [], shelf: [] };
  let emptyAt: number | null = null;
  let refilled = false;
  let days = 0;
  for (; !(await areOver(both.map(({ id }) => id))); days += 1) {
    expect(days).toBeLessThan(90);
    const now = await clock();
    if (days === 6) {
      await control.labs.fault(null, 'oven', ann);
      shut.oven!.push({ from: now, until: Number.POSITIVE_INFINITY });
    }
    if (days === 10) {
      await control.labs.clear(null, 'oven', ann);
      shut.oven![0] = { ...shut.oven![0]!, until: await clock() };
    }
    const report = await control.labs.show(null);
    const film = report.stock[0]!;
    if (film.left === 0 && emptyAt === null) emptyAt = now;
    if (emptyAt !== null && !refilled && now >= emptyAt + 7 * day) {
      expect(await control.labs.refill(null, 'film', 100, ann)).toEqual({ left: 100, untold: null });
      refilled = true;
      shut.xrd!.push({ from: began, until: await clock() });
    }
    await server.sleep(day);
  }
  expect([emptyAt, refilled]).toEqual([expect.any(Number), true]);
  const ended = await clock();
  for (const { spec, id } of both) {
    const { trials } = await control.record(id);
    expect(trials).toHaveLength(spec.budget.trials!);
    for (const { proposal, observation, steps } of trials) {
      const fails = proposal.id === failing;
      expect(observation?.outcome, proposal.id).toBe(fails ? 'failed' : 'measured');
      const ran = steps?.map(({ step, how }) => `${step} ${how}`);
      const taken = fails ? ['bake done', 'measure failed', 'bake~undo done'] : ['bake done', 'measure done'];
      expect(ran).toEqual(id === 'heating' ? taken : undefined);
    }
  }

  const log = await control.labs.leases(null);
  // Two steps and a place on the shelf for each that was heated, and one taken back.
  expect(log).toHaveLength(3 * 16 + 1 + 22);
  expect(new Set(log.map(({ key }) => key)).size).toBe(log.length);
  expect(devices.ledger.map(({ key }) => key).sort()).toEqual(
    log.flatMap(({ key, resource }) => (resource === 'shelf' ? [] : [key])).sort(),
  );
  // No slot doubly leased, and each device never had more jobs than slots, by its own ledger.
  for (const slot of new Set(log.map((lease) => lease.slot))) {
    const spans = log.filter((lease) => lease.slot === slot).map(spanOf);
    for (const [i, { from }] of spans.entries()) if (i > 0) expect(from).toBeGreaterThanOrEqual(spans[i - 1]!.until);
  }
  for (const [name, { slots }] of Object.entries(lab.instruments))
    expect(devices.mostAtOnce(`${lab.name}/${name}`)).toBe(slots);
  const places = (at: number) => log.filter(({ resource, grantedAt }) => resource === 'shelf' && grantedAt <= at);
  for (const { grantedAt } of places(ended))
    expect(places(grantedAt).filter(({ releasedAt }) => releasedAt! > grantedAt).length).toBeLessThanOrEqual(3);
  // What was taken back was taken back where it was done, with its place on the shelf.
  const of = (step: string) => log.find(({ key }) => key === `${failing}/g1/${step}`)!;
  expect(of('bake~undo').resource).toBe(of('bake').resource);
  expect(of('@shelf').releasedAt).toBeGreaterThanOrEqual(of('bake~undo').releasedAt!);
  // Film was used by the sheet: what is left is what there was but one for each job on xrd.
  const onXrd = log.filter(({ resource }) => resource === 'xrd').length;
  expect((await control.labs.show(null)).stock[0]!.left).toBe(108 - onXrd);
  // xrd stood without film from its eighth job on.
  const eighth = log.filter(({ resource }) => resource === 'xrd')[7]!;
  shut.xrd = shut.xrd!.map(({ until }) => ({ from: eighth.grantedAt, until }));
  for (const [name, { maintenance }] of Object.entries(lab.instruments))
    shut[name]!.push(...closedTimes(maintenance, { from: began, until: ended }));
  // Nothing began while an instrument was shut.
  for (const { resource, grantedAt, slot } of log)
    for (const { from, until } of shut[resource]!)
      if (resource !== 'xrd') expect(grantedAt < from || grantedAt >= until, slot).toBe(true);
  expect(idleWhileWanted(log, shut)).toEqual([]);
  const took = (ended - began) / day;
  console.info(`${devices.ledger.length} jobs on three instruments in ${took.toFixed(0)} simulated days`);
  expect(took).toBeGreaterThan(28);
});

interface Span {
  readonly from: number;
  readonly until: number;
}

function spanOf({ grantedAt, releasedAt }: LeaseEntry): Span {
  return { from: grantedAt, until: releasedAt ?? Number.POSITIVE_INFINITY };
}

async function areOver(ids: readonly string[]): Promise<boolean> {
  const found = (await time.control.list()).filter(({ id }) => ids.includes(id));
  return found.every(({ phase }) => phase === 'stopped');
}

/** Messages between workflows take this long at most; the server's clock goes on meanwhile. */
const slackMs = 5 * 60_000;

/** Times in which a slot of an instrument was free and nothing kept it from being leased, while a trial waited for it. */
function idleWhileWanted(log: readonly LeaseEntry[], shut: Readonly<Record<string, readonly Span[]>>): string[] {
  const found: string[] = [];
  for (const waited of log) {
    for (const name of ableFor(lab, waited)) {
      for (let place = 1; place <= slotsOf(name); place++) {
        const taken = log.filter((one) => one.resource === name && one.place === place).map(spanOf);
        const free = without({ from: waited.askedAt, until: waited.grantedAt }, [...taken, ...shut[name]!]);
        for (const { from, until } of free)
          if (until - from > slackMs)
            found.push(`${name}#${place} idle for ${((until - from) / hour).toFixed(1)} h while ${waited.key} waited`);
      }
    }
  }
  return found;
}

/** On which instruments or positions a job can have a slot. */
function ableFor(spec: LabSpec, { key, resource }: LeaseEntry): readonly string[] {
  const step = key.slice(key.lastIndexOf('/') + 1);
  // What is taken back is so where it was done.
  if (step.startsWith('@') || undoneBy(step) !== null) return [resource];
  return instrumentsFor(spec, step === 'bake' ? 'heat' : 'measure');
}

function slotsOf(name: string): number {
  return (lab.instruments[name] ?? lab.positions[name])!.slots;
}

/** What is left of a span. */
function without(span: Span, others: readonly Span[]): Span[] {
  let left = [span];
  for (const { from, until } of others)
    left = left
      .flatMap((one) => [
        { from: one.from, until: Math.min(one.until, from) },
        { from: Math.max(one.from, until), until: one.until },
      ])
      .filter((one) => one.until > one.from);
  return left;
}
