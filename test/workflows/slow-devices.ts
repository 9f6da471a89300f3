import { z } from 'zod';
import type { Adapter, AdapterType } from '../../lab-adapters/contract.js';
import { ContractError } from '../../models/domain/errors.js';

interface Job {
  readonly device: string;
  readonly key: string;
  readonly from: number;
  readonly until: number;
}

/** Devices whose jobs take hours by the clock of a server that skips time, with one ledger for all: a registry of the adapter `slow`. */
export class SlowDevices {
  private readonly jobs = new Map<string, Job>();

  constructor(private readonly now: () => Promise<number>) {}

  /** Milliseconds that a job still takes. */
  async left(job: string): Promise<number> {
    return Math.max(0, this.jobs.get(job)!.until - (await this.now()));
  }

  /** The most jobs at a time that a device had, by name of the instrument. */
  mostAtOnce(device: string): number {
    const jobs = [...this.jobs.values()].filter((job) => job.device === device);
    return Math.max(0, ...jobs.map(({ from }) => jobs.filter((one) => one.from <= from && one.until > from).length));
  }

  get(name: string): AdapterType {
    return {
      name,
      description: 'takes hours',
      settings: z.strictObject({ hours: z.number() }),
      create: (settings) => this.create(name, settings),
    };
  }

  create(_: string, settings: unknown): Adapter {
    const durationMs = (settings as { hours: number }).hours * 3_600_000;
    const known = (job: string) => {
      const found = this.jobs.get(job);
      if (found === undefined) throw new ContractError(`no job '${job}'`);
      return found;
    };
    return {
      traits: { resultRetention: 'permanent', exclusive: true, deterministic: true, anyHome: true, virtualTime: false },
      pollMs: 1_000,
      validate: async () => [],
      submit: async (key, _request, { slot }) => {
        const from = await this.now();
        // Once a key, whoever calls again.
        if (!this.jobs.has(key))
          this.jobs.set(key, { device: slot!.split('#')[0]!, key, from, until: from + durationMs });
        return key;
      },
      find: async (key) => (this.jobs.has(key) ? key : null),
      status: async (job) => {
        const { until } = known(job);
        return (await this.now()) >= until ? { state: 'succeeded' } : { state: 'running' };
      },
      result: async (job) => ({ values: { value: known(job).key.length }, cost: 1, durationMs }),
      close: async () => undefined,
    };
  }
}
