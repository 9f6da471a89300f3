import type { Adapter } from '../../lab-adapters/contract.js';
import type { WorkerSettings } from '../../scripts/durable/worker.js';
import { changedDevices } from './changed-devices.js';

/** How often a job is looked at whose end is held back: each look stands in the history of its trial, milliseconds. */
const lookMs = 500;

/**
 * Devices that do not tell that a job has succeeded while the test holds them, so that a job is under way until the test has
 * done what it is for, however busy the machine.
 */
export class HeldDevices {
  /** For `durableHost`. */
  readonly worker: Pick<WorkerSettings, 'registryFor'>;
  /** How many more jobs may end, and those that have. */
  private left = Number.POSITIVE_INFINITY;
  private readonly over = new Set<string>();

  /** @param change - verbs of the test's own */
  constructor(change: (device: Adapter) => Partial<Adapter> = () => ({})) {
    this.worker = changedDevices((device) => ({
      ...change(device),
      status: async (job) => {
        const status = await device.status(job);
        return status.state !== 'succeeded' || this.mayEnd(job) ? status : { state: 'running', pollAfterMs: lookMs };
      },
    }));
  }

  /** From now on no job ends but so many. */
  hold(but = 0): void {
    this.left = but;
  }

  letGo(): void {
    this.left = Number.POSITIVE_INFINITY;
  }

  private mayEnd(job: string): boolean {
    if (this.over.has(job)) return true;
    if (this.left === 0) return false;
    this.left -= 1;
    this.over.add(job);
    return true;
  }
}
