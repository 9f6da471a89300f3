import { parseArgs } from 'node:util';
import { brokerLacking } from './device.js';
import type { Variant } from './lab.js';
import { labels } from './labels.js';
import { type Lane, openLane, victims } from './lane.js';
import { disturbedRun, type Reference, type Run, referenceRun } from './run.js';
import { type Outcome, type Row, tableOf, wrongWith } from './table.js';
import { astray, astrayRun, outageRun, outages } from './trouble.js';

const help = `npm run faults -- [--seeds N | --seed S] [--only TEXT] [--victim V | --all] [--outage SECONDS] [--minutes N] [--lanes N]

Runs campaigns of three-step trials, one at a time, on the instruments of examples/simulated-lab. In each one process is killed at a
labelled step with SIGKILL and started again, or replies go astray, or something is cut off for ten minutes; what comes of it is
compared with the campaign that nobody disturbed. Ends with 1 if a key was started twice, a measurement is lost or there twice, a value
is wrong, the proposals differ, or the record does not verify.

  --seeds N         seeds 1 to N of each row (5)
  --seed S          this one only
  --only TEXT       rows that have this in their name
  --victim V        kill this one: ${victims.join(', ')}
  --all             kill each in turn with every seed; else the seeds of a label share its victims
  --outage SECONDS  how long the ten minutes last (20): the waits between tries are shortened by as much
  --minutes N       begin no further run after so many
  --lanes N         labs beside one another, each with servers of its own (4)`;

interface Task {
  readonly row: string;
  readonly victim: string;
  readonly seed: number;
  run(bench: Bench, lane: Lane): Promise<Run>;
}

/** What all lanes share: the undisturbed campaigns, with which all others are compared. */
class Bench {
  private readonly references = new Map<string, Promise<Reference>>();
  private runs = 0;

  /** An id for a campaign. */
  id(): string {
    return `c${++this.runs}`;
  }

  /** The undisturbed campaign, run once. */
  async reference(lane: Lane, variant: Variant, seed: number): Promise<Reference> {
    const key = `${variant} ${seed}`;
    const known = this.references.get(key) ?? referenceRun(lane, this.id(), variant, seed);
    this.references.set(key, known);
    const { finding } = await known;
    if (finding.faults.length > 0) throw new Error(`undisturbed: ${finding.faults.join('; ')}`);
    return known;
  }
}

/** All that is to be run with a seed. */
function tasksOf(
  seed: number,
  { victim, all, ms }: { victim: string | undefined; all: boolean; ms: number },
): readonly Task[] {
  const kills = labels.flatMap((label) => {
    const able = label.victims.filter((one) => victim === undefined || one === victim);
    const chosen = all || able.length === 0 ? able : [able[(seed - 1) % able.length]!];
    return chosen.map(
      (one): Task => ({
        row: label.name,
        victim: one,
        seed,
        run: async (bench, lane) => {
          const { passed } = await bench.reference(lane, label.variant, seed);
          return disturbedRun(lane, bench.id(), { label, victim: one, seed, passed });
        },
      }),
    );
  });
  if (victim !== undefined) return kills;
  const others = [
    ...astray.map(
      (how): Task => ({
        row: how.name,
        victim: '–',
        seed,
        run: (bench, lane) => astrayRun(lane, bench.id(), how, seed),
      }),
    ),
    ...outages.map(
      (what): Task => ({
        row: `ten minutes without ${what}`,
        victim: '–',
        seed,
        run: (bench, lane) => outageRun(lane, bench.id(), what, { seed, ms }),
      }),
    ),
  ];
  return [...kills, ...others];
}

async function main(argv: readonly string[]): Promise<number> {
  const { values: options } = parseArgs({
    args: [...argv],
    options: {
      seeds: { type: 'string', default: '5' },
      seed: { type: 'string' },
      only: { type: 'string', default: '' },
      victim: { type: 'string' },
      all: { type: 'boolean', default: false },
      outage: { type: 'string', default: '20' },
      minutes: { type: 'string', default: '600' },
      lanes: { type: 'string', default: '4' },
      help: { type: 'boolean', default: false },
    },
  });
  const { seed, only, victim, all } = options;
  const [count, ms, limitMs] = [
    Number(options.lanes),
    1_000 * Number(options.outage),
    60_000 * Number(options.minutes),
  ];
  const seeds = seed === undefined ? Array.from({ length: Number(options.seeds) }, (_, i) => i + 1) : [Number(seed)];
  const tasks = seeds.flatMap((one) => tasksOf(one, { victim, all, ms })).filter(({ row }) => row.includes(only));
  const isWrong = ![...seeds, count, ms, limitMs].every((value) => Number.isInteger(value) && value > 0);
  if (options.help || isWrong || tasks.length === 0) {
    console.error(help);
    return options.help ? 0 : 2;
  }
  const lacking = await brokerLacking();
  if (lacking !== null) {
    console.error(lacking);
    return 2;
  }
  const begun = Date.now();
  const outcomes = await runAll(tasks, Math.min(count, tasks.length), begun + limitMs);
  const names = [...new Set(tasks.map(({ row }) => row))];
  console.log(
    tableOf(
      names.map((what): Row => {
        const own = tasks.flatMap(({ row }, i) => (row === what && outcomes[i] !== undefined ? [i] : []));
        const killed = [...new Set(own.map((i) => tasks[i]!.victim))];
        return { what, victim: killed.join(', '), outcomes: own.map((i) => outcomes[i]!) };
      }),
    ),
  );
  const wrong = outcomes.flatMap((outcome, i) => {
    const what = wrongWith(outcome);
    return what.length === 0 ? [] : [`${again(tasks[i]!)}\n  ${what.join('\n  ')}`];
  });
  console.log(`\n${Object.keys(outcomes).length} of ${tasks.length} runs in ${seconds(begun)}, ${wrong.length} wrong`);
  for (const line of wrong) console.log(line);
  return wrong.length === 0 ? 0 : 1;
}

/** The command that runs it again. */
function again({ row, victim, seed }: Task): string {
  return `npm run faults -- --only ${JSON.stringify(row)}${victim === '–' ? '' : ` --victim ${victim}`} --seed ${seed}`;
}

/** Each lane takes the next task when it is done with one; a lane that something is stuck in is given up. */
async function runAll(tasks: readonly Task[], count: number, until: number): Promise<readonly Outcome[]> {
  const bench = new Bench();
  const outcomes: Outcome[] = [];
  const begun = Date.now();
  let next = 0;
  let done = 0;
  // One after the other, as each looks for free ports.
  let opening: Promise<unknown> = Promise.resolve();
  const open = (): Promise<Lane> => {
    const lane = opening.then(openLane);
    opening = lane.catch(() => undefined);
    return lane;
  };
  const work = async () => {
    let lane: Lane | null = null;
    while (next < tasks.length && Date.now() < until && !isStopping) {
      lane ??= await open();
      lanes.add(lane);
      const i = next++;
      const task = tasks[i];
      if (task === undefined) break;
      const since = Date.now();
      const outcome = await outcomeOf(bench, lane, task);
      outcomes[i] = outcome;
      if (outcome.run === null) {
        await closed(lane);
        lane = null;
      }
      const wrong = wrongWith(outcome).map((line) => `\n  WRONG ${line}`);
      const at = `${++done}/${tasks.length} after ${seconds(begun)}, in ${seconds(since)}`;
      console.error(`${at}: ${task.row}, ${task.victim}, seed ${task.seed}${wrong.join('')}`);
    }
    if (lane !== null) await closed(lane);
  };
  await Promise.all(Array.from({ length: count }, work));
  return outcomes;
}

let isStopping = false;

/** Lanes that are open. */
const lanes = new Set<Lane>();

async function closed(lane: Lane): Promise<void> {
  lanes.delete(lane);
  await lane.close().catch(() => undefined);
}

async function outcomeOf(bench: Bench, lane: Lane, task: Task): Promise<Outcome> {
  const { seed } = task;
  try {
    const run = await task.run(bench, lane);
    const variant = labels.find(({ name }) => name === task.row)?.variant ?? 'plain';
    const { finding } = await bench.reference(lane, variant, seed);
    return { seed, run, trouble: null, difference: differenceOf(run.proposals, finding.proposals) };
  } catch (error) {
    const words = [lane.worker.lastWords, lane.adapter.lastWords].join('\n').slice(-1_500);
    return { seed, run: null, trouble: `${(error as Error).message}\n${words}`, difference: null };
  }
}

/** Where two texts begin to differ, and how; null where they do not. */
function differenceOf(is: string, was: string): string | null {
  if (is === was) return null;
  const at = [...was].findIndex((character, i) => character !== is[i]);
  const shown = (text: string) => text.slice(Math.max(0, at - 60), at + 60);
  return `${shown(is)} in place of ${shown(was)}`;
}

const seconds = (since: number) => `${Math.round((Date.now() - since) / 1000)} s`;

/** The first time what runs is brought to its end and the table printed, the second time all is ended. */
function stop(): void {
  if (isStopping) return void Promise.all([...lanes].map(closed)).then(() => process.exit(1));
  isStopping = true;
  console.error('no further run begins; the table follows when those under way have ended (once more: end now)');
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
process.exitCode = await main(process.argv.slice(2));
