import { z } from 'zod';
import type { Adapter, AdapterType, JobRequest } from '../../lab-adapters/contract.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import { branin } from '../../models/problems/branin.js';

/** A job as the device that did it has it written down; times by the clock of a server that skips time. */
export interface SlowJob {
  /** What the device calls it. */
  readonly name: string;
  /** Instrument, `LAB/NAME`. */
  readonly device: string;
  readonly key: string;
  readonly from: number;
  readonly until: number;
  readonly value: number;
  readonly fails: boolean;
}

/**
 * What goes wrong with the next job of a device: it fails at its end; it gives a value that cannot be; it begins, or does not, and
 * nobody hears of it.
 */
export type Mishap = 'fails' | 'wrongValue' | 'replyLost' | 'requestLost';

const settingsSchema = z.strictObject({
  hours: z.number(),
  /** It cannot be asked for a key. */
  blind: z.boolean().default(false),
});

const { evaluate } = branin.of(2);

/** The value that cannot be. */
export const wrongValue = 5_000;

/**
 * Devices whose jobs take hours by the clock of a server that skips time, with one ledger for all: a registry of the adapter
 * `slow`. What they measure is Branin's function of `x1` and `x2`.
 */
export class SlowDevices {
  /** Oldest first; each call that begins a job, also a second one for the same key. */
  readonly ledger: SlowJob[] = [];
  private readonly ordered = new Map<string, Mishap[]>();

  constructor(private readonly now: () => Promise<number>) {}

  /** What goes wrong with the job of a key, or with the next one that a device is told to do. */
  order(deviceOrKey: string, mishap: Mishap): void {
    this.ordered.set(deviceOrKey, [...(this.ordered.get(deviceOrKey) ?? []), mishap]);
  }

  /** Milliseconds that a job still takes. */
  async left(name: string): Promise<number> {
    return Math.max(0, this.known(name).until - (await this.now()));
  }

  /** The most jobs at a time that a device had, by name of the instrument. */
  mostAtOnce(device: string): number {
    const jobs = this.ledger.filter((job) => job.device === device);
    return Math.max(0, ...jobs.map(({ from }) => jobs.filter((one) => one.from <= from && one.until > from).length));
  }

  get(name: string): AdapterType {
    return {
      name,
      description: 'takes hours',
      settings: settingsSchema,
      create: (settings) => this.create(name, settings),
    };
  }

  create(_: string, settings: unknown): Adapter {
    const { hours, blind } = settingsSchema.parse(settings);
    const find = async (key: string) => this.ledger.find((job) => job.key === key)?.name ?? null;
    return {
      traits: { resultRetention: 'permanent', exclusive: true, deterministic: true, anyHome: true, virtualTime: false },
      pollMs: 1_000,
      validate: async () => [],
      submit: (key, request, { slot }) => this.begin(key, request, { device: slot!.split('#')[0]!, hours }),
      ...(blind ? {} : { find }),
      adopt: async (_key, _request, handle) => this.known(handle).name,
      status: async (name) => {
        const { until, fails } = this.known(name);
        if ((await this.now()) < until) return { state: 'running' };
        return { state: fails ? 'failed' : 'succeeded' };
      },
      result: async (name) => {
        const { value, fails } = this.known(name);
        const durationMs = hours * 3_600_000;
        if (!fails) return { values: { value }, cost: 1, durationMs };
        return { values: {}, cost: 1, durationMs, cause: { class: 'device', code: 'stuck', message: 'it is stuck' } };
      },
      close: async () => undefined,
    };
  }

  private async begin(key: string, request: JobRequest, at: { readonly device: string; readonly hours: number }) {
    const mishap = (this.ordered.get(key) ?? this.ordered.get(at.device))?.shift();
    if (mishap === 'requestLost') throw new AdapterError('the line was cut');
    const from = await this.now();
    const { x1 = 0, x2 = 0 } = request.design as Readonly<Record<string, number>>;
    const name = `${at.device.split('/')[1]}-${this.ledger.length + 1}`;
    const value = mishap === 'wrongValue' ? wrongValue : evaluate([x1, x2], []);
    const { device } = at;
    const until = from + at.hours * 3_600_000;
    this.ledger.push({ name, device, key, from, until, value, fails: mishap === 'fails' });
    if (mishap === 'replyLost') throw new AdapterError('the line was cut');
    return name;
  }

  private known(name: string): SlowJob {
    const found = this.ledger.find((job) => job.name === name);
    if (found === undefined) throw new ContractError(`no job '${name}'`);
    return found;
  }
}
