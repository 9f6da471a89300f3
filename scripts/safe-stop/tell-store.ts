import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '../../activities/store/client.js';
import { findLab, listLabs } from '../../activities/store/lab.js';
import { writeLabAct } from '../../activities/store/lab-act.js';
import { addOutcome, clearStandstill, listLatched, saveStandstill } from '../../activities/store/standstill.js';
import { requestIdOf } from '../durable/request-id.js';
import { tryLock } from '../local/lock.js';
import { inProcessHere, keepInProcess, keepLabs, keptInstruments } from './kept-instruments.js';
import {
  actsTold,
  clearedRows,
  type Latch,
  type LatchAct,
  latches,
  noteCleared,
  removeLatch,
  setLatch,
  untoldActs,
} from './latch.js';
import { labOf, safeStopFolder } from './place.js';
import { safeStopFrom } from './safe-stop.js';

/** How often latches and the store are compared, milliseconds. */
const everyMs = 2_000;

/** What comparing them needs. */
export interface LatchExchange {
  readonly jobs: string;
  readonly store: Store;
  /** What the worker alone drives, as NAME or LAB/NAME; null where it drives all that have no worker of their own. */
  readonly alone: readonly string[] | null;
  /** Has the workflow of an instrument look at what the store says. */
  readonly tell: (lab: string, name: string) => Promise<void>;
  readonly log: (line: string) => void;
}

/**
 * Tells the store what people did to latches while it may have been away, and heeds what they did on other machines: an instrument
 * that is driven from here and was stopped there stops here too, and a stop of a lab that was cleared there is over here. One process
 * of a home at a time does so.
 */
export async function exchangeLatches(exchange: LatchExchange): Promise<void> {
  const { jobs } = exchange;
  const folder = path.join(safeStopFolder(jobs), 'telling');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const release = await tryLock(folder);
  if (release === null) return;
  try {
    const labs = await listLabs(exchange.store.query);
    keepInProcess(jobs, labs, exchange.alone);
    for (const { act, line } of untoldActs(jobs)) {
      await tellAct(exchange, act);
      actsTold(jobs, line);
    }
    for (const { name } of labs) await heed(exchange, name);
    keepLabs(jobs, labs);
  } finally {
    await release();
  }
}

/** Does so every two seconds; what keeps the store from answering is said by those who need it. @returns how to stop */
export function keepExchanging(exchange: LatchExchange): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    last = exchangeLatches(exchange)
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await last;
  };
}

/** Once more does no harm: it is told again where a server went away in the middle of it. */
async function tellAct({ jobs, store, tell }: LatchExchange, act: LatchAct): Promise<void> {
  const { lab, who, why } = act;
  const named = await concerned(store, jobs, lab);
  for (const instrument of named) {
    const [of, resource] = instrument.split('/') as [string, string];
    // A latch that is wider, or narrower, holds on.
    if (act.act === 'clear' && latchOf(jobs, lab === null ? of : null) !== undefined) continue;
    const word = { lab: of, resource, who, why };
    const outcome = act.act === 'clear' ? undefined : act.outcomes?.[instrument];
    if (act.act === 'stop') await saveStandstill(store.query, 'latched', word);
    if (act.act === 'clear') await clearStandstill(store.query, 'latched', word);
    if (outcome !== undefined) await addOutcome(store.query, word, outcome);
    if (act.act !== 'stopped') await tell(of, resource);
  }
  if (act.act !== 'stopped')
    for (const of of new Set(named.map((instrument) => labOf(instrument)!)))
      await writeLabAct(store.query, {
        lab: of,
        action: act.act === 'stop' ? 'stop' : 'clear stop',
        name: null,
        who,
        why,
        at: act.at,
        requestId: requestIdOf(act.act, { lab, who, why, at: act.at }),
      });
  if (act.act === 'stop' && lab !== null) await noteRows(store, jobs, { lab, at: act.at });
}

/** Notes with a latch by which rows the store knows of it; none where it does not. */
async function noteRows({ query }: Store, jobs: string, { lab, at }: { readonly lab: string; readonly at: number }) {
  const rows = (await listLatched(query, lab)).flatMap((row) => (row.clearedAt === null ? row.at : []));
  const latch = latchOf(jobs, lab);
  if (rows.length > 0 && latch?.at === at) setLatch(jobs, { ...latch, rows });
}

/** Instruments of labs that a latch holds: all of the lab, or of those driven from here. */
async function concerned(store: Store, jobs: string, lab: string | null): Promise<readonly string[]> {
  if (lab !== null) {
    const known = await findLab(store.query, lab);
    return Object.keys(known?.definition.instruments ?? {}).map((name) => `${lab}/${name}`);
  }
  const labs = new Map((await listLabs(store.query)).map(({ name, definition }) => [name, definition]));
  const driven = new Set([...keptInstruments(jobs).map(({ id }) => id), ...inProcessHere(jobs)]);
  return [...driven].filter((id) => labs.get(labOf(id) ?? '')?.instruments[id.split('/')[1]!] !== undefined);
}

async function heed(exchange: LatchExchange, lab: string): Promise<void> {
  const { jobs, store, log } = exchange;
  const before = latchOf(jobs, lab);
  const known = await listLatched(store.query, lab);
  const standing = known.filter(({ clearedAt }) => clearedAt === null);
  // What a person has done here meanwhile comes first.
  if (untoldActs(jobs).length > 0) return;
  const own = latchOf(jobs, lab);
  if (own?.at !== before?.at) return;
  if (own !== undefined && !known.some(({ at }) => own.rows?.includes(at))) {
    // Nobody has cleared it: the store, restored perhaps or new, does not know of it.
    if (own.at > 0) await tellAct(exchange, { act: 'stop', lab, who: own.who, why: own.why, at: own.at });
    return;
  }
  if (own !== undefined && standing.length === 0) {
    noteCleared(jobs, own);
    removeLatch(jobs, lab);
    log(`lab ${lab}: its safe stop was cleared elsewhere; work begins again`);
  }
  const here = keptInstruments(jobs, lab).map(({ id }) => id);
  // One that was cleared, which a store that was restored has lost, is no order: nothing begins, but what runs goes on.
  const cleared = clearedRows(jobs, lab);
  const stopped = standing.find(({ resource, at }) => here.includes(`${lab}/${resource}`) && !cleared.has(at));
  if (stopped === undefined || own !== undefined || latchOf(jobs, null) !== undefined) return;
  const { who, why, at } = stopped;
  setLatch(jobs, { lab, who, why, at, rows: standing.map((row) => row.at) });
  log(`lab ${lab}: stopped safely elsewhere by ${who}: ${why}`);
  for (const { instrument, outcome, message } of await safeStopFrom(jobs, lab, log))
    log(`${instrument}: ${outcome}${message === null ? '' : `: ${message}`}`);
}

function latchOf(jobs: string, lab: string | null): Latch | undefined {
  return latches(jobs).find((latch) => latch.lab === lab);
}
