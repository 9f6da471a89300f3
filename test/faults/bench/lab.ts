import { join } from 'node:path';
import { type Campaign, campaignSchema } from '../../../models/domain/campaign.js';
import { type LabSpec, labSchema } from '../../../models/domain/lab.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import { root } from './root.js';

/** Instruments of the lab, those of `examples/simulated-lab`: SiLA 2, driven by a worker of its own; MQTT 5; HTTP. */
export const instruments = ['reactor', 'furnace', 'spectrometer'] as const;
/** One of them. */
export type InstrumentName = (typeof instruments)[number];

/** Where the programs of the instruments are. */
export const simulatedLab = join(root, 'examples/simulated-lab');

/** Steps of a trial, and what they run on; each is taken back on the same. */
const stepsOn = { make: 'reactor', anneal: 'furnace', measure: 'spectrometer' } as const;

/** The instrument of a job by its key. */
export function instrumentOf(key: string): InstrumentName | null {
  const step = key.split('/').at(-1)!.replace('~undo', '');
  return step in stepsOn ? stepsOn[step as keyof typeof stepsOn] : null;
}

/** How a campaign of the bench differs from the plain one: `failing`: its trials fail at their last step, and are taken back. */
export type Variant = 'plain' | 'failing';

/** Trials of a campaign. */
export const trialsOf: Readonly<Record<Variant, number>> = { plain: 3, failing: 2 };

/** Steps of a trial, in the order in which they end, and how. */
export const stepsOf: Readonly<Record<Variant, readonly string[]>> = {
  plain: ['make done', 'anneal done', 'measure done'],
  failing: ['make done', 'anneal done', 'measure failed', 'anneal~undo done', 'make~undo done'],
};

/** The lab, with instruments that are reached at these ports. */
export function benchLab(name: string, ports: Readonly<Record<InstrumentName, number>>): LabSpec {
  const common = { timeout: '3s', poll: '100ms', cost: 1 };
  const failure = { message: 'error.text', code: 'error.kind', class: 'chemistry' };
  const ask = (op: string) => ({ ask: { topic: 'cmd', payload: { op, id: '{job}' } } });
  const reactor = {
    ...common,
    server: `127.0.0.1:${ports.reactor}`,
    insecure: true,
    feature: 'org.athanor/lab/ReactorController/v1',
    definition: join(simulatedLab, 'ReactorController.sila.xml'),
    run: { command: 'React', with: { Temperature: '{temperature}', Seconds: '{seconds}', Key: '{key}' } },
    find: { command: 'FindExecution', with: { Key: '{key}' }, job: 'Execution', none: { Execution: [''] } },
    values: { yield: 'Yield' },
  };
  const furnace = {
    ...common,
    url: `mqtt://127.0.0.1:${ports.furnace}`,
    device: 'lab/furnace',
    settle: '200ms',
    presence: { topic: 'presence', online: ['online'] },
    submit: {
      topic: 'cmd',
      payload: { op: 'run', celsius: '{celsius}', minutes: '{minutes}', seconds: '{seconds}' },
      expiry: '2s',
      where: { accepted: [true] },
      refused: { accepted: [false] },
      busy: { busy: [true] },
      job: 'id',
    },
    find: {
      ask: { topic: 'cmd', payload: { op: 'find', key: '{key}' } },
      none: { none: [true] },
      job: 'id',
      match: 'key',
    },
    status: {
      ...ask('status'),
      state: 'status',
      states: { running: ['running'], succeeded: ['done'], failed: ['broken'] },
      lost: { gone: [true] },
    },
    result: ask('result'),
    values: { shrinkage: 'shrinkage' },
    failure,
  };
  const told = ['temperature', 'annealed', 'minutes', 'seconds'].map((of) => [of, `{${of}}`]);
  const spectrometer = {
    ...common,
    url: `http://127.0.0.1:${ports.spectrometer}`,
    submit: { path: '/jobs', body: { key: '{key}', ...Object.fromEntries(told) }, job: 'id' },
    find: { path: '/jobs?key={key}', list: 'items', match: 'meta.key', job: 'id' },
    status: {
      path: '/jobs/{job}',
      state: 'status',
      states: { running: ['running'], succeeded: ['done'], failed: ['broken'] },
    },
    result: { path: '/jobs/{job}/result' },
    values: { brightness: 'brightness' },
    failure,
  };
  return labSchema.parse({
    name,
    instruments: {
      reactor: { adapter: 'sila', settings: reactor, worker: 'bench' },
      furnace: { adapter: 'mqtt', settings: furnace },
      spectrometer: { adapter: 'http', settings: spectrometer },
    },
    positions: { tray: { slots: 1 } },
  });
}

/** A campaign of three-step trials, one at a time: a few designs of a sequence, then what the model proposes. */
export function benchCampaign(
  id: string,
  lab: string,
  given: { readonly variant: Variant; readonly seed: number },
): Campaign {
  const seconds = 0.25;
  const between = (name: string, ...bounds: [number, number]) => ({ name, type: 'continuous', bounds });
  const spec = campaignSchema.parse({
    name: 'faults',
    seed: given.seed,
    lab: { name: lab },
    space: { parameters: [between('temperature', 60, 160), between('annealed', 300, 700), between('minutes', 5, 60)] },
    objectives: [{ name: 'brightness', direction: 'maximise' }],
    outcomes: [{ name: 'yield' }, { name: 'shrinkage' }],
    fidelities: [
      {
        name: 'film',
        adapter: 'lab',
        cost: 3,
        recipe: [
          {
            step: 'make',
            on: 'reactor',
            with: { temperature: '{temperature}', seconds },
            at: 'tray',
            gives: ['yield'],
            undo: { with: { temperature: 20, seconds } },
          },
          {
            step: 'anneal',
            on: 'furnace',
            with: { celsius: '{annealed}', minutes: '{minutes}', seconds },
            gives: ['shrinkage'],
            undo: { with: { celsius: 20, minutes: 5, seconds } },
          },
          {
            step: 'measure',
            on: 'spectrometer',
            with: { temperature: '{temperature}', annealed: '{annealed}', minutes: '{minutes}', seconds },
            gives: ['brightness'],
          },
        ],
      },
    ],
    strategy: { initial: { trials: 1 } },
    budget: { trials: trialsOf[given.variant] },
    parallel: 1,
  });
  return { id, spec, space: { parameters: spec.space.parameters as Parameter[], pool: null } };
}
