import { afterAll, beforeAll, expect, it } from 'vitest';
import { findResolution } from '../../activities/store/resolution.js';
import { labSchema } from '../../models/domain/lab.js';
import { answersOf, type CampaignRecord } from '../../models/domain/record.js';
import { branin } from '../../models/problems/branin.js';
import { totalCost } from '../../scripts/outcome.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, type NamedHistory, replayFaults } from './histories.js';
import { hour, type SkippedTime, skippedTime } from './skipped-time.js';
import { wrongValue } from './slow-devices.js';

let time: SkippedTime;
beforeAll(async () => {
  time = await skippedTime('week');
});
afterAll(() => time?.close());

const id = 'week';
const { evaluate } = branin.of(2);
const slow = (hours: number, more: object = {}, settings: object = {}) => ({
  adapter: 'slow',
  settings: { hours, ...settings },
  ...more,
});

/** Closed every day at noon for an hour, and on the third day for three. */
const labFrom = (began: number) =>
  labSchema.parse({
    name: 'bench',
    instruments: {
      // It cannot be asked for a key.
      oven: slow(6, { can: ['heat'], uses: { argon: 1 } }, { blind: true }),
      furnace: slow(7, { can: ['heat'] }),
      xrd: slow(3, {
        maintenance: [
          {
            every: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
            from: '12:00',
            until: '13:00',
            zone: 'Europe/Berlin',
          },
          { from: iso(began + 50 * hour), until: iso(began + 53 * hour), why: 'new tube' },
        ],
      }),
    },
    stock: { argon: { unit: 'L', amount: 40 } },
    positions: { tray: { slots: 3 } },
  });

const iso = (at: number) => new Date(at).toISOString();

const campaign = problemCampaign(id, {
  lab: { name: 'bench' },
  objectives: [{ name: 'value', direction: 'minimise', limits: [-10, 400] }],
  fidelities: [
    { name: 'stirred', adapter: 'person', settings: { instructions: 'stir at {x1}, weigh' }, cost: 1 },
    {
      name: 'baked',
      adapter: 'lab',
      cost: 2,
      recipe: [
        { step: 'bake', on: 'heat', with: { x1: '{x1}' }, at: 'tray', undo: { with: { x1: 0 } } },
        { step: 'measure', on: 'xrd', with: { x1: '{x1}', x2: '{x2}' }, gives: ['value'] },
      ],
    },
  ],
  strategy: { initial: { trials: 6 } },
  approval: [{ first: 2 }, { fidelity: 'baked', timeout: '5h', otherwise: 'approve' }],
  parallel: 4,
  budget: { cost: 500 },
});

/** What people did, as they remember it. */
const remembered: { who: string; action: string; trial?: string; at: number }[] = [];
const seen: string[] = [];
const entered = new Map<string, number>();

/** Somebody comes by, and does what waits for a person; what a device has begun its own ledger tells. */
async function comeBy(): Promise<void> {
  const { control, devices } = time;
  for (const { trialId: trial, needs, approval, generation, design, cause } of (await control.inbox(id)).trials) {
    const did = async (who: string, action: string, act: Promise<unknown>) => {
      await act;
      remembered.push({ who, action, trial, at: await time.now() });
    };
    const why = 'as seen';
    if (needs === 'approval') {
      if (!seen.includes(trial)) seen.push(trial);
      const place = seen.indexOf(trial);
      if (place === 3) await did('bob', 'reject', control.reject(trial, { who: 'bob', note: 'too hot' }));
      // Every third is left to its time.
      else if (place % 3 !== 2 || approval!.otherwise === 'wait')
        await did('ann', 'approve', control.approve(trial, { who: 'ann', note: why }));
    } else if (needs === 'result') {
      const value = entered.size === 0 ? wrongValue : evaluate([Number(design.x1), Number(design.x2)], []);
      entered.set(trial, value);
      const given = { who: 'ann', why, noise: {}, achieved: {}, values: { value: String(value) } };
      await did('ann', 'enter', control.enter(trial, given));
    } else if (needs === 'ruling') {
      expect(cause).toMatchObject({ code: 'beyondLimits' });
      const isEntered = entered.has(trial);
      const verdict = isEntered ? ('amend' as const) : ('release' as const);
      const values = isEntered ? { value: 50 } : {};
      const said = { who: 'bob', verdict, values, cause: null, why: isEntered ? 'a slip of the pen' : 'it is so' };
      await did('bob', 'rule', control.rule(trial, said));
    } else if (!remembered.some((one) => one.action === 'retry' && one.trial === trial)) {
      const job = devices.ledger.find(({ key }) => key === `${trial}/g${generation}/bake`)?.name ?? null;
      const verdict = job === null ? ('notStarted' as const) : ('started' as const);
      await did('ann', 'retry', control.resolve(trial, { who: 'ann', why, verdict, job, cause: null }));
    }
  }
}

/** A design of one's own. */
async function add(): Promise<void> {
  const values = { x1: '3', x2: '2' };
  const { proposal } = await time.control.add(id, { who: 'bob', why: 'a hunch', values, fidelity: 'stirred' });
  remembered.push({ who: 'bob', action: 'add', trial: proposal.id, at: await time.now() });
}

it('a week with people, nights and maintenance: every act is kept, nothing begins unasked, nothing is lost or doubled', async () => {
  const { control, devices, now, sleepUntil } = time;
  const began = await now();
  await control.labs.up(labFrom(began), 'ann');
  devices.order('bench/oven', 'replyLost');
  devices.order('bench/xrd', 'wrongValue');
  await control.start(campaign);
  const nights: { from: number; until: number }[] = [];
  const act = async (action: 'pause' | 'resume' | 'drain', note: string) => {
    await control[action](id, { who: 'ann', note });
    remembered.push({ who: 'ann', action, at: await now() });
  };
  for (let day = 0; day < 7; day++) {
    const morning = began + day * 24 * hour;
    await sleepUntil(morning);
    if (day > 0) {
      nights.at(-1)!.until = await now();
      await act('resume', 'good morning');
    }
    if (day === 1) await add();
    if (day === 2) devices.order('bench/oven', 'requestLost');
    if (day === 3) devices.order('bench/xrd', 'fails');
    for (const passed of [0, 3, 6, 9]) {
      await sleepUntil(morning + passed * hour);
      await comeBy();
    }
    await sleepUntil(morning + 12 * hour);
    await act('pause', 'good night');
    nights.push({ from: await now(), until: Number.POSITIVE_INFINITY });
  }
  await sleepUntil(began + 7 * 24 * hour);
  nights.at(-1)!.until = await now();
  await act('resume', 'the last morning');
  await act('drain', 'the week is over');
  for (let passed = 0; (await control.status(id)).phase !== 'stopped'; passed += 1) {
    expect(passed).toBeLessThan(48);
    await comeBy();
    await sleepUntil(began + (7 * 24 + passed) * hour);
  }
  const record = parseRecord(exportJson(await control.record(id)), id);
  const begins = await beginnings();

  // Nothing began at night, neither a trial nor the first job of one; nor before a person, or its time, allowed it.
  const isNight = (at: number) => nights.some(({ from, until }) => from < at && at < until);
  expect(begins.filter(({ at }) => isNight(at))).toEqual([]);
  const firstJobs = devices.ledger.filter(({ key }) => key.endsWith('/bake'));
  expect(firstJobs.filter(({ from }) => isNight(from)).map(({ key }) => key)).toEqual([]);
  const approved = new Map(record.audit.flatMap((one) => (one.action === 'approve' ? [[one.details.trial, one]] : [])));
  for (const { proposal, approval, state } of record.trials) {
    const begun = begins.filter(({ trial }) => trial === proposal.id).map(({ at }) => at);
    expect(begun.length > 0).toBe(state === 'ended');
    if (proposal.fidelity === 'baked') expect(approval).toBeDefined();
    if (approval !== undefined && state === 'ended')
      expect(Math.min(...begun)).toBeGreaterThanOrEqual(approved.get(proposal.id)!.at);
  }
  expect(record.audit.some(({ who, at }) => who.startsWith('nobody') && isNight(at))).toBe(true);

  // Every act is a row, with who, when and why.
  const rows = record.audit.filter(({ who, action }) => !who.startsWith('nobody') && action !== 'resolve');
  expect(rows.map(({ who, action, details }) => [who, action, trialOf(details)])).toEqual(
    remembered.map(({ who, action, trial }) => [who, action, trial]),
  );
  for (const [i, { at, details }] of rows.entries()) {
    expect(Math.abs(at - remembered[i]!.at)).toBeLessThan(hour);
    expect(details.note).toEqual(expect.any(String));
  }
  const ruled = record.trials.flatMap(({ rulings = [] }) => rulings);
  expect(ruled.map(({ who, verdict, why }) => [who, verdict, why]).sort()).toEqual([
    ['bob', 'amend', 'a slip of the pen'],
    ['bob', 'release', 'it is so'],
  ]);
  const resolved = remembered.filter(({ action }) => action === 'retry').map(({ trial }) => trial!);
  // What was found out about a job is one too, at the time of this machine.
  const found = record.audit.filter(({ action }) => action === 'resolve');
  expect(found.map(({ who, details }) => [who, trialOf(details)]).sort()).toEqual(
    resolved.map((trial) => ['ann', trial]).sort(),
  );
  const said = await Promise.all(
    resolved.map((trialId) => findResolution(time.store.query, { trialId, generation: 1 })),
  );
  expect(said.map((one) => [one?.who, one?.verdict, one?.why])).toEqual([
    ['ann', 'started', 'as seen'],
    ['ann', 'notStarted', 'as seen'],
  ]);
  const did = new Set(record.audit.map(({ action }) => action));
  expect([...did].sort()).toEqual([
    'add',
    'approve',
    'drain',
    'enter',
    'pause',
    'reject',
    'resolve',
    'resume',
    'retry',
    'rule',
  ]);

  // Each job began once, also those of which nobody had heard; each instrument had no more than it can take.
  const keys = devices.ledger.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  for (const name of ['oven', 'furnace', 'xrd']) expect(devices.mostAtOnce(`bench/${name}`)).toBe(1);

  // What was measured is in the record, by hand or not, and what it did cost.
  const values = record.trials.flatMap((trial) => answersOf(trial).flatMap(({ values }) => values.value ?? []));
  for (const [trial, value] of entered) expect(valueAt(record, trial)).toBe(value === wrongValue ? 50 : value);
  const measured = devices.ledger.filter(({ key, fails }) => key.endsWith('/measure') && !fails);
  for (const { key, value } of measured) expect(valueAt(record, key.split('/g')[0]!)).toBe(value);
  expect(values).toHaveLength(entered.size + measured.length);
  const status = await control.status(id);
  expect(status.spent).toBe(entered.size + devices.ledger.length);
  expect(totalCost(record)).toBe(status.spent);
  expect(status).toMatchObject({ measured: values.length, failed: 1, quarantined: 0, unresolved: [], problem: null });
  const onOven = devices.ledger.filter(({ device }) => device === 'bench/oven');
  expect((await control.labs.show(null)).stock[0]!.left).toBe(40 - onOven.length);
  expect((await verifyRecord(record)).mismatches).toEqual([]);

  const stuck = record.trials.find(({ observation }) => observation?.outcome === 'failed')!;
  expect(stuck.steps!.map(({ step, how }) => `${step} ${how}`)).toEqual([
    'bake done',
    'measure failed',
    'bake~undo done',
  ]);
  await replayed(resolved.flatMap((trial) => [trial, `${trial}/g2`]).concat(stuck.proposal.id));
  console.info(`${record.trials.length} trials, ${keys.length} jobs and ${rows.length} acts of people in a week`);
});

/** When trials began, by the history of their campaign. */
async function beginnings(): Promise<{ trial: string; at: number }[]> {
  const [{ history }] = (await historiesOf(time.server.client, id)) as [NamedHistory];
  return history.events!.flatMap((event) => {
    const at = Number(event.eventTime!.seconds) * 1_000 + event.eventTime!.nanos! / 1e6;
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId;
    if (child != null) return [{ trial: child.replace(/\/g\d+$/, ''), at }];
    const call = event.activityTaskScheduledEventAttributes;
    if (call?.activityType?.name !== 'awaitPerson') return [];
    const { trialId } = JSON.parse(new TextDecoder().decode(call.input!.payloads![0]!.data!));
    return [{ trial: trialId as string, at }];
  });
}

/** The histories of the week replay; kept where that is asked for. */
async function replayed(trials: readonly string[]): Promise<void> {
  const instruments = ['oven', 'furnace', 'xrd', 'tray'].map((name) => `instrument/bench/${name}`);
  const all = { campaign: [id], trial: trials, instrument: instruments };
  for (const [kind, ids] of Object.entries(all)) {
    const runs = (await Promise.all(ids.map((one) => historiesOf(time.server.client, one)))).flat();
    expect(await replayFaults(runs)).toEqual([]);
    // Two instruments will do: those of the others are long.
    await keepHistories(`week-${kind}`, kind === 'instrument' ? runs.slice(0, 2) : runs);
  }
}

function trialOf({ trial, slot }: Readonly<Record<string, unknown>>): string | undefined {
  return (trial ?? (slot as { readonly id: string } | undefined)?.id) as string | undefined;
}

function valueAt({ trials }: CampaignRecord, id: string): number | undefined {
  return trials.find(({ proposal }) => proposal.id === id)?.observation?.values.value;
}
