/**
 * An adapter in a package of its own. Nothing of Athanor is imported: an adapter is any object that keeps the contract
 * (`lab-adapters/contract.ts`), and `athanor` exports the laws that check it (see the README beside this file).
 *
 * The device is a furnace that exists only as a rate law: a precursor turns into the product, and the product decomposes,
 * each after Arrhenius. Too cold gives nothing, too hot gives nothing, and the time matters as much.
 *
 * @import { Adapter, AdapterType, JobRequest } from 'athanor'
 */
import { createHash } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const settings = z.strictObject({
  temperature: z.string().default('temperature').describe('parameter in degrees Celsius'),
  hours: z.string().default('hours').describe('parameter in hours'),
  minutesPerHour: z.number().positive().default(60).describe('how long an hour in the furnace takes, in minutes'),
  cost: z.number().min(0).optional().describe('cost of one run, that of the fidelity where absent'),
});

/** An error that every host understands: `code` CONTRACT means that the caller did wrong. */
const refusal = (message) => Object.assign(new Error(message), { code: 'CONTRACT' });

/** Molar gas constant, J/(mol K). */
const gasConstant = 8.314462618;

/** Share of the precursor that is product after the time, both steps of first order. */
function productShare(celsius, hours) {
  const rate = (perHour, energy) =>
    perHour * Math.exp((-energy / gasConstant) * (1 / (celsius + 273.15) - 1 / 1073.15));
  const forms = rate(0.8, 150_000);
  const decays = rate(0.02, 320_000);
  // The closed form is 0/0 where both rates are the same; nowhere else within a relative 1e-9 of it.
  if (Math.abs(forms - decays) < 1e-9 * forms) return forms * hours * Math.exp(-forms * hours);
  return (forms / (decays - forms)) * (Math.exp(-forms * hours) - Math.exp(-decays * hours));
}

class Furnace {
  traits = {
    resultRetention: 'permanent',
    exclusive: false,
    deterministic: true,
    virtualTime: true,
  };
  pollMs = 1_000;
  /** Jobs of this process, where there is no folder to keep them in. */
  #memory = new Map();

  constructor(options, context) {
    this.options = options;
    this.context = context;
  }

  async validate({ design, objectives }) {
    const faults = [];
    const limits = [
      [this.options.temperature, 0, 1500],
      [this.options.hours, 0, 200],
    ];
    for (const [name, low, high] of limits)
      if (!(design[name] >= low && design[name] <= high))
        faults.push({
          path: `design.${name}`,
          message: `${design[name]} given`,
          remedy: `a number from ${low} to ${high}`,
        });
    if (objectives.length !== 1)
      faults.push({ path: 'objectives', message: `${objectives.length} given`, remedy: 'one, the share of product' });
    return faults;
  }

  async submit(key, request) {
    const job = createHash('sha256').update(key).digest('hex').slice(0, 32);
    const record = { request, acceptedAt: this.context.clock.now(), cancelledAt: null };
    const kept = (await this.#load(job)) ?? (await this.#keep(job, record));
    if (canonical(kept.request) !== canonical(request)) throw refusal(`key '${key}' was used with another request`);
    return job;
  }

  async find(key) {
    const job = createHash('sha256').update(key).digest('hex').slice(0, 32);
    return (await this.#load(job)) === null ? null : job;
  }

  async status(job) {
    const record = await this.#known(job);
    if (record.cancelledAt !== null) return { state: 'cancelled' };
    const remaining = this.#remainingMs(record);
    return remaining > 0 ? { state: 'running', pollAfterMs: remaining } : { state: 'succeeded', progress: 1 };
  }

  async result(job) {
    const { request, acceptedAt, cancelledAt } = await this.#known(job);
    const cost = this.options.cost ?? 1;
    if (cancelledAt !== null) return { values: {}, cost, durationMs: Math.max(0, cancelledAt - acceptedAt) };
    if ((await this.status(job)).state === 'running') throw refusal(`job ${job} has not ended`);
    const { [this.options.temperature]: celsius, [this.options.hours]: hours } = request.design;
    const [objective] = request.objectives;
    return {
      values: { [objective]: productShare(celsius, hours) },
      cost,
      durationMs: this.#durationMs(request.design),
    };
  }

  async cancel(job) {
    const record = await this.#known(job);
    if ((await this.status(job)).state !== 'running') return;
    await this.#replace(job, { ...record, cancelledAt: this.context.clock.now() });
  }

  async safeStop() {
    const files = this.context.folder === '' ? [] : await readdir(this.context.folder).catch(() => []);
    const kept = files.filter((name) => /^[0-9a-f]{32}\.json$/.test(name)).map((name) => name.slice(0, 32));
    for (const job of [...this.#memory.keys(), ...kept]) await this.cancel(job);
  }

  async health() {
    return { ok: true, message: 'computed in this process' };
  }

  async close() {}

  #durationMs(design) {
    return Math.round(Number(design[this.options.hours]) * this.options.minutesPerHour * 60_000);
  }

  #remainingMs({ request, acceptedAt }) {
    return Math.max(0, this.#durationMs(request.design) - Math.max(0, this.context.clock.now() - acceptedAt));
  }

  async #known(job) {
    const record = await this.#load(job);
    if (record === null) throw refusal(`no job '${job}' was ever accepted`);
    return record;
  }

  async #load(job) {
    if (this.context.folder === '') return this.#memory.get(job) ?? null;
    if (!/^[0-9a-f]{32}$/.test(job)) return null;
    const text = await readFile(join(this.context.folder, `${job}.json`), 'utf8').catch((error) => {
      if (error.code === 'ENOENT') return null;
      throw Object.assign(new Error(`cannot read job ${job}: ${error.message}`), { code: 'ADAPTER' });
    });
    return text === null ? null : JSON.parse(text);
  }

  /** Keeps a new job, whole or not at all, unless another process was quicker; gives the one that is kept. */
  async #keep(job, record) {
    if (this.context.folder === '') {
      this.#memory.set(job, record);
      return record;
    }
    const taken = await this.#write(job, record, (from, to) => link(from, to));
    return taken ? await this.#load(job) : record;
  }

  async #replace(job, record) {
    if (this.context.folder === '') this.#memory.set(job, record);
    else await this.#write(job, record, (from, to) => rename(from, to));
  }

  /** @returns whether the place was taken already */
  async #write(job, record, place) {
    const { folder } = this.context;
    const beside = join(folder, `.${job}.${process.pid}.${Math.random()}`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(beside, JSON.stringify(record));
      await place(beside, join(folder, `${job}.json`));
      return false;
    } catch (error) {
      if (error.code === 'EEXIST') return true;
      throw Object.assign(new Error(`cannot keep job ${job} in ${folder}: ${error.message}`), { code: 'ADAPTER' });
    } finally {
      await rm(beside, { force: true });
    }
  }
}

const canonical = ({ design, rowId, substances, fidelity, objectives }) =>
  JSON.stringify([
    Object.entries(design).sort(),
    rowId,
    Object.entries(substances).sort(),
    fidelity,
    [...objectives].sort(),
  ]);

/** @type {readonly AdapterType[]} */
export const adapters = [
  {
    name: 'furnace',
    description: 'a simulated annealing furnace: share of product after time at a temperature',
    settings,
    costSetting: 'cost',
    create: (options, context) => new Furnace(options, context),
  },
];
