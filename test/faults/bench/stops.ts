import { type InstrumentName, instruments, trialsOf } from './lab.js';
import type { Label, Stop } from './labels.js';
import type { Lane, Victim } from './lane.js';
import type { Reference } from './run.js';
import { eventually, runOf } from './wait.js';

/** Where a run stands: the key of what it is about, and the instrument, where it is about one. */
interface Standing {
  readonly key: string | null;
  readonly device: InstrumentName | null;
}

/** A stop that has been ordered. */
export interface OrderedStop {
  readonly held: Promise<Standing>;
  /** Lets what stands go on, if it still lives. */
  goOn(): void;
}

/** What is to be stopped, for whom, and when. */
export interface StopOrder {
  readonly id: string;
  readonly label: Label;
  readonly victim: Victim;
  readonly seed: number;
  readonly passed: Reference['passed'];
}

/** How long a device waits before it does, or answers, what it is stopped at. */
const heldUpMs = 2_000;

/** Orders the stop of a label; at which of its passings the seed says. */
export async function orderStop(lane: Lane, order: StopOrder): Promise<OrderedStop> {
  const { label, victim, seed } = order;
  const drawn = (count: number) => 1 + (hash(`${seed} ${label.name} ${victim}`) % count);
  const { stop } = label;
  switch (stop.of) {
    case 'worker':
      return stopWorker(lane, order, stop.point, drawn);
    case 'call':
      return { held: stopCall(lane, order, stop, drawn), goOn: () => undefined };
    case 'workflow': {
      const { anew = 0 } = order.passed.workflow;
      if (anew === 0) throw new Error('the workflow never begins anew');
      const nth = drawn(anew);
      return { held: begunAnew(lane, order.id, nth), goOn: () => undefined };
    }
  }
}

async function stopWorker(
  lane: Lane,
  { victim, passed }: StopOrder,
  point: string,
  drawn: (count: number) => number,
): Promise<OrderedStop> {
  const has = (of: 'worker' | 'adapter') => passed[of][point] ?? 0;
  const isOne = victim === 'worker' || victim === 'adapter';
  const total = isOne ? has(victim) : has('worker') + has('adapter');
  if (total === 0) throw new Error(`nothing passes '${point}'`);
  const nth = drawn(total);
  const of = isOne ? victim : nth <= has('worker') ? 'worker' : 'adapter';
  await lane[of].order(point, of === 'adapter' && !isOne ? nth - has('worker') : nth);
  return { held: lane[of].held().then(({ key }) => ({ key, device: null })), goOn: () => lane[of].goOn() };
}

/** Has a device hold a call up: ordered when it has begun what comes before that. */
async function stopCall(
  lane: Lane,
  { id, victim, seed, label }: StopOrder,
  { verb, moment, undoes }: Stop & { of: 'call' },
  drawn: (count: number) => number,
): Promise<Standing> {
  const able = instruments.filter((name) => !undoes || name !== 'spectrometer');
  const reached = able.filter(
    (name) =>
      victim === 'device' ||
      victim === 'PostgreSQL' ||
      victim === 'Temporal' ||
      (name === 'reactor') === (victim === 'adapter'),
  );
  const name = reached[seed % reached.length]!;
  const trial = drawn(trialsOf[label.variant]);
  const before = undoes ? 2 * trial - 1 : verb === 'result' ? trial : trial - 1;
  const device = lane.devices[name];
  await eventually(async () => (await device.starts(id)).length >= before, 10);
  const seen = (await device.ledger()).length;
  await device.order({ fault: 'late', on: verb, moment, ms: heldUpMs });
  await eventually(async () => (await device.ledger()).slice(seen).some((line) => line.word === 'fault'), 10);
  const step = { reactor: 'make', furnace: 'anneal', spectrometer: 'measure' }[name];
  return { key: `${id}/r${trial}/p1/g1/${step}${undoes ? '~undo' : ''}`, device: name };
}

/** Resolves when the campaign's workflow has begun anew for the `nth` time. */
async function begunAnew(lane: Lane, id: string, nth: number): Promise<Standing> {
  const seen = new Set<string>();
  await eventually(async () => {
    const run = await runOf(lane, id);
    if (run !== null) seen.add(run);
    return seen.size > nth;
  }, 20);
  return { key: null, device: null };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return value;
}
