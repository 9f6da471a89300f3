import { describe, expect, it } from 'vitest';
import type { Adapter } from '../../lab-adapters/contract.js';
import { undoneBy } from '../../models/domain/step-name.js';
import type { Observation } from '../../models/domain/trial.js';
import { type Moment, type RunningTrial, type Script, type ScriptedDevice, scriptedDevice } from './trial-life.js';

/** The recipe that hosts run these laws with: two steps that measure nothing, one that does, on `robot`, `oven` and `balance`. */
export const lawRecipe = [
  { step: 'make', on: 'robot', at: 'shelf', with: {}, undo: { with: {} } },
  { step: 'anneal', on: 'oven', at: 'tray', with: {}, undo: { with: {} } },
  { step: 'weigh', on: 'balance', with: {}, gives: ['value'] },
];

/** The devices of one trial, each job with a script by the name of its step. */
export interface ScriptedLab {
  readonly adapter: Adapter;
  /** By step. */
  readonly devices: ReadonlyMap<string, ScriptedDevice>;
  /** Steps in the order in which their jobs began. */
  readonly begun: readonly string[];
}

/** A host as the laws see it. */
export interface RecipeHost {
  run(make: (trial: RunningTrial) => { lab: ScriptedLab; moment: Moment }): Promise<Observation>;
}

type Scripts = Readonly<Record<string, Script>>;

function scriptedLab(scripts: Scripts, moment: Moment): ScriptedLab {
  const devices = new Map<string, ScriptedDevice>();
  const begun: string[] = [];
  const of = (key: string) => {
    const step = key.split('/').at(-1)!;
    const known = devices.get(step) ?? scriptedDevice(scripts[step] ?? {}, moment);
    devices.set(step, known);
    return { step, device: known };
  };
  const idle = scriptedDevice({}, moment).adapter;
  const adapter: Adapter = {
    ...idle,
    submit: async (key, request, caller) => {
      const { step, device } = of(key);
      const before = device.begun;
      try {
        await device.adapter.submit(key, request, caller);
      } finally {
        if (device.begun > before) begun.push(step);
      }
      return key;
    },
    find: async (key, caller) => ((await of(key).device.adapter.find!(key, caller)) === null ? null : key),
    status: (job) => of(job).device.adapter.status(job),
    result: (job) => of(job).device.adapter.result(job),
    cancel: (job, caller) => of(job).device.adapter.cancel!(job, caller),
  };
  return { adapter, devices, begun };
}

interface Lived {
  readonly lab: ScriptedLab;
  readonly observation: Observation;
  readonly moments: number;
}

async function live(
  host: RecipeHost,
  scripts: Scripts,
  at = -1,
  act: (trial: RunningTrial) => void | Promise<void> = () => undefined,
): Promise<Lived> {
  let moments = 0;
  let lab!: ScriptedLab;
  const observation = await host.run((trial) => {
    const moment = async () => {
      if (moments++ === at) await act(trial);
    };
    lab = scriptedLab(scripts, moment);
    return { lab, moment };
  });
  mustHold(lab, observation);
  return { lab, observation, moments };
}

/** What holds whatever happened: one start a key, steps in order, and what was begun is taken back, the last first, or nothing is. */
function mustHold({ begun, devices }: ScriptedLab, { outcome, cause }: Observation): void {
  const said = `${outcome}, ${cause?.code}, ${cause?.message}: ${begun.join(' ')}`;
  for (const { begun: starts } of devices.values()) expect(starts, said).toBeLessThanOrEqual(1);
  const forward = begun.filter((step) => undoneBy(step) === null);
  expect(begun.slice(0, forward.length), said).toEqual(forward);
  expect(forward, said).toEqual(['make', 'anneal', 'weigh'].slice(0, forward.length));
  const owed = forward.filter((step) => step !== 'weigh').map((step) => `${step}~undo`);
  const isTakenBack = outcome === 'failed' || outcome === 'cancelled';
  expect(begun.slice(forward.length), said).toEqual(isTakenBack ? owed.reverse() : []);
}

const moments = (lived: Lived, every: number) =>
  Array.from({ length: Math.ceil(lived.moments / every) }, (_, i) => i * every);

/**
 * Runs the laws of a trial of several steps on a host.
 * @param crashes - whether the host goes on after the death of a process
 * @param every - of how many moments one is tried
 */
export function describeRecipeLife(
  name: string,
  host: RecipeHost,
  { crashes, every = 1, timeoutMs = 60_000 }: { crashes: boolean; every?: number; timeoutMs?: number },
): void {
  const failing: Scripts = { weigh: { ends: 'failed' } };
  describe(`the life of a trial of three steps: ${name}`, () => {
    it(
      'is measured, failed or held as its steps end',
      async () => {
        const measured = await live(host, {});
        expect(measured.observation).toMatchObject({ outcome: 'measured', values: { value: 2.5 }, cost: 9 });
        const { observation } = await live(host, failing);
        expect(observation).toMatchObject({ outcome: 'failed', cause: { class: 'chemistry', code: 'rearranged' } });
        const held = await live(host, { anneal: { ends: 'unknown' } });
        expect(held.observation.outcome).toBe('quarantined');
        expect(held.lab.begun).toEqual(['make', 'anneal']);
      },
      timeoutMs,
    );

    it(
      'cancelled at any moment, is cancelled with all that it did taken back, or measured',
      async () => {
        const whole = await live(host, {});
        const lived = await Promise.all(
          moments(whole, every).map((at) => live(host, {}, at, (trial) => trial.cancel())),
        );
        for (const { observation } of lived) expect(['cancelled', 'measured']).toContain(observation.outcome);
        expect(new Set(lived.map(({ lab }) => lab.begun.length)).size).toBeGreaterThan(3);
      },
      timeoutMs,
    );

    it.runIf(crashes).each([
      ['as it is measured', {}, 'measured'],
      ['as it is taken back', failing, 'failed'],
      [
        'as answers are lost',
        { make: { mishaps: { submit: ['lostReply'] } }, anneal: { mishaps: { status: ['lostReply'] } } },
        'measured',
      ],
    ] as const)(
      'is the same, each job begun once, although the process dies at any moment: %s',
      async (_, scripts, outcome) => {
        const whole = await live(host, scripts);
        const lived = await Promise.all(
          moments(whole, every).map((at) => live(host, scripts, at, (trial) => trial.crash!())),
        );
        for (const { observation, lab } of lived) {
          expect(observation.outcome, `${observation.cause?.message}: ${lab.begun.join(' ')}`).toBe(outcome);
          expect(lab.begun).toEqual(whole.lab.begun);
        }
      },
      timeoutMs,
    );
  });
}
