import type { Variant } from './lab.js';
import type { Victim } from './lane.js';

/**
 * Where a run is stopped: at a point of a worker's; at a call of a device, which that has heard and does a little later, or has done and
 * answers a little later; or when the campaign's workflow has begun anew.
 */
export type Stop =
  | { readonly of: 'worker'; readonly point: string }
  | {
      readonly of: 'call';
      readonly verb: 'submit' | 'result';
      readonly moment: 'heard' | 'done';
      readonly undoes: boolean;
    }
  | { readonly of: 'workflow' };

/** A step of a campaign's life at which one of its processes is killed. */
export interface Label {
  readonly name: string;
  readonly stop: Stop;
  readonly victims: readonly Victim[];
  readonly variant: Variant;
  /** A person pauses the campaign meanwhile, and resumes it. */
  readonly paused?: true;
}

const at = (point: string): Stop => ({ of: 'worker', point });
const call = (verb: 'submit' | 'result', moment: 'heard' | 'done', undoes = false): Stop => ({
  of: 'call',
  verb,
  moment,
  undoes,
});
const plain = (name: string, stop: Stop, ...victims: Victim[]): Label => ({ name, stop, victims, variant: 'plain' });

/** All labels, in the order of a trial's life. */
export const labels: readonly Label[] = [
  plain('decide: the model computes', at('deciding'), 'worker', 'PostgreSQL', 'Temporal'),
  plain('round: written, not committed', at('before commit round'), 'worker', 'PostgreSQL'),
  plain('round: stored, the workflow has not heard', at('after propose'), 'worker', 'Temporal'),
  plain('lease: before it is written', at('before lease'), 'worker', 'PostgreSQL', 'Temporal'),
  plain('lease: written, the trial has not heard', at('after writeGrant'), 'worker', 'Temporal'),
  plain("ledger: before the job's line", at('before note'), 'worker', 'adapter', 'PostgreSQL', 'device'),
  plain('ledger: line written, device not called', at('before call'), 'worker', 'adapter', 'device', 'Temporal'),
  plain('call: written in the folder, not made', at('after file sending'), 'worker', 'adapter'),
  plain('call: on its way, device has not acted', call('submit', 'heard'), 'worker', 'adapter', 'device'),
  plain(
    'call: device acted, no reply yet',
    call('submit', 'done'),
    'worker',
    'adapter',
    'device',
    'PostgreSQL',
    'Temporal',
  ),
  plain('reply: received, not kept in the folder', at('before file sent'), 'worker', 'adapter', 'device'),
  plain('reply: kept, not in the ledger', at('before accepted'), 'worker', 'adapter', 'PostgreSQL'),
  plain('accepted, nobody tracks it', at('after submit'), 'worker', 'adapter', 'Temporal'),
  plain('tracking', at('tracking'), 'worker', 'adapter', 'device', 'PostgreSQL', 'Temporal'),
  plain('ended at the device, values not fetched', call('result', 'heard'), 'worker', 'adapter', 'device'),
  plain('values fetched, not kept in the folder', at('before file ended'), 'worker', 'adapter'),
  plain('values kept, not stored', at('before answer'), 'worker', 'adapter', 'PostgreSQL'),
  plain('values stored, not committed', at('before commit answer'), 'worker', 'adapter', 'PostgreSQL'),
  plain('values stored, the workflow has not heard', at('after track'), 'worker', 'adapter', 'Temporal'),
  plain('release: before it is written', at('before release'), 'worker', 'PostgreSQL', 'Temporal'),
  plain('release: written, the lab has not heard', at('after writeRelease'), 'worker', 'Temporal'),
  plain('trial: its end is not committed', at('before commit end'), 'worker', 'PostgreSQL'),
  plain('trial: its end is stored, nobody has heard', at('after endSteps'), 'worker', 'Temporal'),
  {
    name: 'undo: device acted, no reply yet',
    stop: call('submit', 'done', true),
    variant: 'failing',
    victims: ['worker', 'adapter', 'device'],
  },
  {
    name: 'undo: taken back, not stored',
    stop: at('before answer'),
    variant: 'failing',
    victims: ['worker', 'adapter', 'PostgreSQL'],
  },
  {
    name: 'workflow: has just begun anew',
    stop: { of: 'workflow' },
    variant: 'plain',
    victims: ['worker', 'Temporal'],
  },
  {
    name: "a person's pause: before it is written",
    stop: at('before audit'),
    variant: 'plain',
    paused: true,
    victims: ['worker', 'PostgreSQL', 'Temporal'],
  },
];
