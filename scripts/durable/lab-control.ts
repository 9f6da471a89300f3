import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { Query, Store } from '../../activities/store/client.js';
import { listLabs, loadLab, type StoredLab } from '../../activities/store/lab.js';
import { actOnLab, type LabAct, type LabActEntry, listLabActs, writeLabAct } from '../../activities/store/lab-act.js';
import { freeHeld, type LeaseEntry, leasedBy, leaseLog } from '../../activities/store/lease.js';
import { clearStandstill, saveStandstill } from '../../activities/store/standstill.js';
import { refillStock, stockOf } from '../../activities/store/stock.js';
import { loadUnits } from '../../lab-adapters/instructions.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import type { LabSpec } from '../../models/domain/lab.js';
import { among } from '../../models/domain/nearest.js';
import { instrumentWorkflowId } from '../../workflows/queues.js';
import type { HoldVerb } from '../lab/hold-jobs.js';
import type { InstrumentPlace } from '../lab/reach-instrument.js';
import { formatNumber } from '../wording.js';
import { joinLab, type LabJoined } from './lab-join.js';
import { type LabHeld, pauseOrResume } from './lab-pause.js';
import { type LabReport, labReport } from './lab-report.js';
import { type LabUp, registerLab } from './lab-up.js';

/** A person's word on a lab, with its reason. */
export interface LabWord {
  readonly who: string;
  readonly why: string;
  /** Under which it is done once, however often it is asked for; a new one where absent. */
  readonly requestId?: string;
  /** Number of the last act on the same that its author knows, as `show` tells it; whatever came before where absent. */
  readonly expected?: number;
}

/** What came of a person's word on an instrument. */
export interface Worded {
  readonly lab: string;
  readonly name: string;
  /** Whether it changed anything: another may have said so before. */
  readonly changed: boolean;
  /** Jobs whose slots were given back by it. */
  readonly freed: readonly string[];
}

/** What came of filling a stock up: it is counted, whether what waits for it could be told or not. */
export interface Refilled {
  readonly left: number;
  /** Why the instruments could not be told; null where they were. */
  readonly untold: string | null;
}

/** How much of a stock: in the stock's own unit where none is named. */
export interface Amount {
  readonly value: number;
  readonly unit?: string;
}

/** All that people can do with labs. `lab` is its name; null where there is one only. */
export interface LabControl {
  /**
   * Registers a lab, or what has changed of it, and has its instruments lease themselves out.
   * @throws {AthanorError} WRONG_STATE if a running job would lose what it has
   */
  up(lab: LabSpec, who: string, types?: Pick<AdapterRegistry, 'has' | 'get'>): Promise<LabUp>;
  /** Registers of a lab what was never in it before; where else it differs from the lab in force, that stays. */
  join(lab: LabSpec, who: string): Promise<LabJoined>;
  /** All labs as they are registered now, by name. */
  list(): Promise<readonly StoredLab[]>;
  /** @throws {AthanorError} NOT_FOUND; so do those below */
  show(lab: string | null): Promise<LabReport>;
  /** An instrument is granted to nobody until it is cleared. */
  fault(lab: string | null, instrument: string, word: LabWord): Promise<Worded>;
  /** It is in order again: its faults are cleared, and slots that were held for jobs of which nobody knew are given back. */
  clear(lab: string | null, instrument: string, word: LabWord): Promise<Worded>;
  /**
   * Has the jobs that run on an instrument held where they are, and grants it to nobody until they are resumed; or lets them go on,
   * and grants it again unless it is not known of one that it does.
   * @throws {AthanorError} WRONG_STATE if its jobs cannot be paused from there; then nothing is done
   */
  hold(verb: HoldVerb, lab: string | null, instrument: string, word: LabWord, place: InstrumentPlace): Promise<LabHeld>;
  /** Notes what was filled up, or, where negative, taken out; what waits for it is looked at anew. */
  refill(lab: string | null, stock: string, amount: number | Amount, word: LabWord): Promise<Refilled>;
  /** Has the instruments look again at what is held for a trial, as a person has said what became of it. */
  heed(trialId: string): Promise<void>;
  /** Everything that people did to it, oldest first. */
  acts(lab: string | null): Promise<readonly LabActEntry[]>;
  /** All leases there ever were, or that had not ended by `since`, milliseconds since 1970; oldest first. */
  leases(lab: string | null, since?: number): Promise<readonly LeaseEntry[]>;
}

interface LabServers {
  readonly store: Store;
  readonly client: Client;
  readonly taskQueue: string;
  /** Says it in words if a server is away. */
  ask<T>(work: () => Promise<T>): Promise<T>;
}

/** The labs of a store. */
export function createLabControl({ store, client, taskQueue, ask }: LabServers): LabControl {
  /** @param how - to say which, where there are several */
  const named = async (name: string | null, how = "say which with '--lab NAME'"): Promise<StoredLab> => {
    if (name !== null) return loadLab(store.query, name);
    const [first, ...more] = await listLabs(store.query);
    if (first !== undefined && more.length === 0) return first;
    const names = [first, ...more].flatMap((lab) => lab?.name ?? []);
    throw new AthanorError(
      'NOT_FOUND',
      names.length === 0
        ? "no lab is registered yet; 'athanor lab up FILE' registers one"
        : `there are several labs: ${names.join(', ')}; ${how}`,
    );
  };
  const tell = (lab: string, name: string) => tellInstrument({ client, taskQueue }, lab, name);
  const tellAll = async ({ name: lab, instruments, positions }: LabSpec) => {
    for (const name of [...Object.keys(instruments), ...Object.keys(positions)]) await tell(lab, name);
  };
  /** Does it once and tells the instruments. */
  const acted = async <T>(
    lab: string | null,
    { action, name, word }: { readonly action: LabAct['action']; readonly name: string; readonly word: LabWord },
    work: (query: Query, lab: string) => Promise<T>,
  ): Promise<{ readonly definition: LabSpec; readonly done: T }> => {
    const { definition } = await named(lab);
    const isStock = action === 'refill';
    if (!isStock) known(definition, name);
    else if (!Object.hasOwn(definition.stock, name)) throw missing('stock', name, Object.keys(definition.stock));
    const { requestId = randomUUID(), ...said } = word;
    const act = { lab: definition.name, action, name, requestId, ...said };
    const done = await store.transaction((query) => actOnLab(query, act, () => work(query, definition.name)));
    return { definition, done };
  };
  const worded = async (
    lab: string | null,
    act: Parameters<typeof acted>[1],
    work: (query: Query, lab: string) => Promise<Omit<Worded, 'lab' | 'name'>>,
  ): Promise<Worded> => {
    const { definition, done } = await acted(lab, act, work);
    await tell(definition.name, act.name);
    return { lab: definition.name, name: act.name, ...done };
  };
  const registered = async (query: Query, action: 'up' | 'join', who: string, done: LabUp) => {
    if (done.created || done.changes.length > 0)
      await writeLabAct(
        query,
        { lab: done.name, action, name: null, who, why: null, requestId: randomUUID() },
        { done: done.changes },
      );
  };
  return {
    up: (lab, who, types) =>
      ask(async () => {
        const done = await store.transaction(async (query) => {
          const up = await registerLab(query, lab, who, types);
          await registered(query, 'up', who, up);
          return up;
        });
        await tellAll(lab);
        return done;
      }),
    join: (lab, who) =>
      ask(async () => {
        const done = await store.transaction(async (query) => {
          const joined = await joinLab(query, lab, who);
          await registered(query, 'join', who, joined);
          return joined;
        });
        await tellAll((await loadLab(store.query, lab.name)).definition);
        return done;
      }),
    list: () => ask(() => listLabs(store.query)),
    show: (lab) => ask(async () => labReport({ store, client, taskQueue }, await named(lab, sayWhich('show')))),
    fault: (lab, name, word) =>
      ask(() =>
        worded(lab, { action: 'fault', name, word }, async (query, of) => ({
          changed: await saveStandstill(query, 'fault', { lab: of, resource: name, who: word.who, why: word.why }),
          freed: [],
        })),
      ),
    clear: (lab, name, word) =>
      ask(() =>
        worded(lab, { action: 'clear', name, word }, async (query, of) => {
          const place = { lab: of, resource: name };
          const changed = await clearStandstill(query, 'fault', { ...place, who: word.who, why: word.why });
          const freed = await freeHeld(query, { ...place, at: Date.now() });
          return { changed: changed || freed.length > 0, freed };
        }),
      ),
    hold: (verb, lab, name, word, place) =>
      ask(async () => {
        const { definition } = await named(lab);
        if (!Object.hasOwn(definition.instruments, name))
          throw missing('instrument', name, Object.keys(definition.instruments));
        return pauseOrResume(verb, { lab: definition, name, word }, { store, tell, place });
      }),
    refill: (lab, stock, given, word) =>
      ask(async () => {
        const amount = await inUnitOf((await named(lab)).definition, stock, given);
        const { definition, done } = await acted(lab, { action: 'refill', name: stock, word }, async (query, of) => {
          await refillStock(query, { lab: of, stock, amount, who: word.who, why: word.why });
          const left = (await stockOf(query, of)).get(stock) ?? 0;
          if (amount < 0 && left < 0)
            throw new AthanorError(
              'CONFLICT',
              `${formatNumber(left - amount)} of ${stock} are left; no more can be taken out`,
            );
          return { amount };
        });
        if (done.amount !== amount)
          throw new AthanorError('CONFLICT', `request '${word.requestId}' was another act: ${done.amount} of ${stock}`);
        const left = (await stockOf(store.query, definition.name)).get(stock) ?? 0;
        // It is counted, whether those that wait for it hear of it or not.
        const untold = await tellAll(definition).then(
          () => null,
          (error: Error) => error.message,
        );
        return { left, untold };
      }),
    heed: (trialId) =>
      ask(async () => {
        for (const { lab, resource } of await leasedBy(store.query, trialId)) await tell(lab, resource);
      }),
    acts: (lab) => ask(async () => listLabActs(store.query, (await named(lab, sayWhich('acts'))).name)),
    leases: (lab, since) => ask(async () => leaseLog(store.query, (await named(lab)).name, since)),
  };
}

/** Of a command that has the lab as its argument. */
function sayWhich(command: string): string {
  return `say which: 'athanor lab ${command} NAME'`;
}

/** Has the workflow of an instrument or position run, and look at what the store says. */
export async function tellInstrument(
  { client, taskQueue }: Pick<LabServers, 'client' | 'taskQueue'>,
  lab: string,
  name: string,
): Promise<void> {
  await client.workflow.signalWithStart('instrumentWorkflow', {
    workflowId: instrumentWorkflowId(lab, name),
    taskQueue,
    args: [{ lab, name }],
    signal: 'labChanged',
    signalArgs: [],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
}

/** An amount in the unit of its stock. @throws {InvalidInputError} if it cannot be told in that */
async function inUnitOf({ stock }: LabSpec, name: string, given: number | Amount): Promise<number> {
  if (typeof given === 'number') return given;
  const { value, unit } = given;
  const own = stock[name]?.unit;
  // What is no stock is refused with the act.
  if (unit === undefined || own === undefined || unit === own) return value;
  const units = await loadUnits();
  const why = units.fault(unit, own);
  if (why !== null)
    throw new InvalidInputError('lab refill', [
      { path: 'amount', message: why, remedy: `${name} is counted in ${own}` },
    ]);
  return units.convert(value, unit, own);
}

function known({ instruments, positions }: LabSpec, name: string): void {
  const names = [...Object.keys(instruments), ...Object.keys(positions)];
  if (!names.includes(name)) throw missing('instrument or position', name, names);
}

function missing(what: string, name: string, names: readonly string[]): AthanorError {
  return new AthanorError('NOT_FOUND', `the lab has no ${what} '${name}'; ${among(name, names)}`);
}
