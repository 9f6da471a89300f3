import type { Campaign } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import type { Proposal } from '../../models/domain/proposal.js';
import { orientationOf, primaryObjective } from '../../models/domain/standing.js';
import { Generator } from '../../models/random/generator.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { cpuSeconds } from './cpu-seconds.js';

/** How trials end: `synchronous`, all of a batch before the next is asked for; `pending`, one at a time, others in flight. */
export const modes = ['synchronous', 'pending'] as const;
/** One of the ways above. */
export type Mode = (typeof modes)[number];

/** What is searched from stated starts, one campaign a seed. */
export interface BatchTask {
  readonly name: string;
  readonly optimum: number;
  /** Trials of the start, and after it. */
  readonly n0: number;
  readonly evaluations: number;
  campaign(seed: number): Campaign;
  /** Value without noise. */
  truth(proposal: Proposal): number;
  /** Standard deviation of what is added to it. */
  readonly noise: number;
}

/** What one run gave. */
export interface BatchRun {
  /** Best noiseless value of the trials that have ended, after each, the start included. */
  readonly best: readonly number[];
  /** Proposals after the start, and how many of them came within 0.1 % of a range of one in flight. */
  readonly proposed: number;
  readonly near: number;
  /** CPU seconds of a proposal. */
  readonly cpu: number;
}

/** Share of a range within which two designs are the same to whoever sets them. */
const tellsApart = 1e-3;

/**
 * Runs a task with q trials in flight. Which of them ends next is drawn; nothing is proposed that would not be run.
 *
 * @param q - trials in flight, 1 or more
 */
export async function batchRun(task: BatchTask, q: number, mode: Mode, seed: number): Promise<BatchRun> {
  const { n0, evaluations, noise } = task;
  const campaign = task.campaign(seed);
  const sign = orientationOf(primaryObjective(campaign.spec));
  const planner = new Planner(campaign);
  const [noises, ends] = [new Generator(seed, 'noise'), new Generator(seed, `ends ${q}`)];
  const best: number[] = [];
  const tell = ({ id, ...proposal }: Proposal) => {
    const value = task.truth({ id, ...proposal });
    planner.tell([{ id, value: noise === 0 ? value : value + noise * noises.normal() }]);
    best.push(sign * Math.min(sign * value, sign * (best.at(-1) ?? sign * Number.POSITIVE_INFINITY)));
  };
  (await planner.ask(n0)).proposals.forEach(tell);
  let inFlight: Proposal[] = [];
  let [seconds, proposed, near] = [0, 0, 0];
  while (best.length < n0 + evaluations) {
    const wanted = Math.min(q, n0 + evaluations - best.length) - inFlight.length;
    if (wanted > 0) {
      const asked = await cpuSeconds(() => planner.ask(wanted));
      seconds += asked.seconds;
      for (const proposal of asked.result.proposals) {
        proposed += 1;
        if (inFlight.some(({ design }) => distance(campaign, design, proposal.design) <= tellsApart)) near += 1;
        inFlight.push(proposal);
      }
    }
    if (inFlight.length === 0) break;
    const next = inFlight[ends.below(inFlight.length)]!;
    const ended = mode === 'synchronous' ? inFlight : [next];
    inFlight = inFlight.filter((proposal) => !ended.includes(proposal));
    ended.forEach(tell);
  }
  return { best, proposed, near, cpu: seconds / proposed };
}

/** The largest difference of two designs in a number, in shares of its range; 1 where they differ in anything else. */
export function distance({ space }: Pick<Campaign, 'space'>, a: Design, b: Design): number {
  return Math.max(
    ...space.parameters.map((parameter) => {
      const [one, other] = [a, b].map((design) => typeOf(parameter).feature(parameter, design[parameter.name]!));
      if (one!.kind === 'numeric' && other!.kind === 'numeric') return Math.abs(one!.value - other!.value);
      return a[parameter.name] === b[parameter.name] ? 0 : 1;
    }),
  );
}
