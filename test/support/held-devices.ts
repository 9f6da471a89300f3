import type { WorkerSettings } from '../../scripts/durable/worker.js';
import { changedDevices } from './changed-devices.js';

/** How often a job is looked at whose end is held back: each look stands in the history of its trial, milliseconds. */
const lookMs = 500;

/**
 * Devices that do not tell that a job has ended while the test holds them, so that a job is under way until the test has done
 * what it is for, however busy the machine.
 */
export class HeldDevices {
  /** For `durableHost`. */
  readonly worker: Pick<WorkerSettings, 'registryFor'> = changedDevices((device) => ({
    status: async (job) => {
      const status = await device.status(job);
      return this.areHeld && status.state === 'succeeded' ? { state: 'running', pollAfterMs: lookMs } : status;
    },
  }));
  private areHeld = false;

  hold(): void {
    this.areHeld = true;
  }

  letGo(): void {
    this.areHeld = false;
  }
}
