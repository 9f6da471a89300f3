import { startsOf } from './check.js';
import { type InstrumentName, instruments } from './lab.js';
import type { Lane } from './lane.js';
import { begunRun, type Run } from './run.js';
import { eventually, stopped } from './wait.js';

/** Replies that go astray: the fault that is ordered, of which calls, and how late. */
export interface Astray {
  readonly name: string;
  readonly fault: string;
  readonly on: readonly string[];
  readonly moment?: string;
  readonly ms?: number;
}

/** Each befalls the first two calls of each kind, of each of the three instruments. */
export const astray: readonly Astray[] = [
  { name: 'requests lost', fault: 'lost', on: ['submit', 'status', 'result'], moment: 'heard' },
  { name: 'replies lost', fault: 'lost', on: ['submit', 'status', 'result'], moment: 'done' },
  { name: 'replies there twice', fault: 'twice', on: ['submit', 'status', 'result'] },
  {
    name: 'replies late: after those of later calls',
    fault: 'late',
    on: ['submit', 'status', 'result'],
    moment: 'done',
    ms: 4_000,
  },
  { name: 'requests late: heard when nobody waits', fault: 'late', on: ['submit'], moment: 'heard', ms: 4_000 },
  { name: 'replies in another order: an earlier one again', fault: 'old', on: ['status'] },
  { name: 'replies that are web pages', fault: 'html', on: ['submit', 'status'] },
  { name: 'replies that are halves', fault: 'truncated', on: ['submit', 'status'] },
  { name: 'replies of 5 MB', fault: 'huge', on: ['submit', 'status'] },
];

/** What an outage cuts off. */
export const outages = ['devices', 'database', 'network'] as const;
/** One of them. */
export type Outage = (typeof outages)[number];

/** Ten minutes. */
export const outageMs = 600_000;

/** Runs a campaign on instruments whose replies go astray. */
export async function astrayRun(lane: Lane, id: string, { fault, on, moment, ms }: Astray, seed: number): Promise<Run> {
  for (const name of instruments)
    for (const verb of on) {
      const order = {
        fault,
        on: verb,
        ...(moment === undefined ? {} : { moment }),
        ...(ms === undefined ? {} : { ms }),
      };
      await lane.devices[name].order(order, 2);
    }
  const begunAt = Date.now();
  const finding = await begunRun(lane, id, 'plain', seed);
  return { ...finding, stoodStillMs: longest([begunAt, ...(await startsOf(lane, id)).map(({ at }) => at)]) };
}

/**
 * Runs a campaign and cuts something off in its midst. Seeds that are odd have connections refused, the others have all that is sent
 * arrive nowhere.
 *
 * @param ms - how long; the waits between tries of the server are shortened by as much as that is less than ten minutes
 */
export async function outageRun(
  lane: Lane,
  id: string,
  what: Outage,
  { seed, ms }: { seed: number; ms: number },
): Promise<Run> {
  const devices = instruments.map((name: InstrumentName) => lane.devices[name].line);
  const { postgres, temporal } = lane.lines;
  const lines = { devices, database: [postgres], network: [...devices, postgres, temporal] }[what];
  await lane.overLines(outageMs / ms);
  let [cutAt, nextAt] = [0, 0];
  try {
    const finding = await begunRun(lane, id, 'plain', seed, async () => {
      await eventually(async () => (await lane.devices[instruments[seed % 3]!].starts(id)).length > 0, 10);
      cutAt = Date.now();
      for (const line of lines) {
        if (seed % 2 === 1) await line.refuse();
        else line.swallow();
      }
      await new Promise((resolve) => setTimeout(resolve, ms));
      for (const line of lines) await line.mend();
      await stopped(lane, id);
      nextAt = Date.now();
    });
    const next = (await startsOf(lane, id)).find(({ at }) => at > cutAt + ms);
    return { ...finding, stoodStillMs: (next?.at ?? nextAt) - cutAt };
  } finally {
    for (const line of lines) await line.mend();
    await lane.direct();
  }
}

function longest(times: readonly number[]): number {
  return Math.max(0, ...times.slice(1).map((time, i) => time - times[i]!));
}
