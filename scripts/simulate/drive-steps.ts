import { unanswered } from '../../activities/ask-device.js';
import { jobKey } from '../../activities/job-request.js';
import type { Instrument, JobRequest, JobResult } from '../../lab-adapters/contract.js';
import { asOfTrial, stepRequest, stepUses } from '../../lab-adapters/step-values.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { instrumentsFor, type LabSpec } from '../../models/domain/lab.js';
import { observeSteps, type StepAnswer, stepTerms } from '../../models/domain/observe-steps.js';
import { orderOf, type Recipe, type StepOrder } from '../../models/domain/recipe.js';
import { type RanStep, ranStepOf } from '../../models/domain/record.js';
import { type Amounts, type Draws, leastUsed } from '../../models/domain/stock-needs.js';
import type { Observation } from '../../models/domain/trial.js';
import { type PositionMoves, positionMoves } from '../../workflows/recipe-positions.js';
import { nextOf, planOf, type RecipeCommand, type StepEnd, stepEndOf } from '../../workflows/recipe-state.js';
import type { TrialEnding } from '../../workflows/trial-life.js';
import { driveJob, type TrialBench } from './drive-trial.js';
import { type LabLeases, type LeasedSlot, outOfStock } from './lab-leases.js';

/** The lab in this process. */
export interface SimulatedLab {
  readonly spec: LabSpec;
  readonly leases: LabLeases;
  /** By their names in the lab. */
  readonly instruments: ReadonlyMap<string, Instrument>;
}

/** What a trial in a lab is run with. */
export interface LabTrialBench extends Omit<TrialBench, 'adapter' | 'caller'> {
  readonly lab: SimulatedLab;
  readonly campaignId: string;
  /** Milliseconds since 1970, null where time is virtual. */
  readonly wallTime: () => number | null;
}

/** What became of a trial of several steps. */
export interface DrivenSteps {
  readonly observation: Observation;
  readonly steps: readonly RanStep[];
}

/** Runs one trial on an instrument of the lab, or any that can do what is wanted. */
export async function driveOnInstrument(
  bench: LabTrialBench,
  trialId: string,
  { request, on }: { readonly request: JobRequest; readonly on: string },
): Promise<Observation> {
  const { lab, campaignId, cancelled } = bench;
  const key = jobKey(trialId);
  const anyOf = instrumentsFor(lab.spec, on);
  const slot = await lab.leases.take({ anyOf, key, campaignId, begun: false, uses: {} }, cancelled).catch(() => null);
  // Only a cancellation ends the waiting.
  if (slot === null) return unanswered(trialId, { type: 'cancelled' });
  const { adapter } = lab.instruments.get(slot.name)!;
  const driven = await driveJob({ ...bench, adapter, caller: slot.caller }, { trialId, key }, request);
  lab.leases.giveBack(slot.name, key);
  return driven.observation;
}

/** Runs one trial by its recipe, each step on an instrument of the lab. Never rejects, as `driveTrial`. */
export async function driveSteps(
  bench: LabTrialBench,
  trialId: string,
  { recipe, request }: { readonly recipe: Recipe; readonly request: JobRequest },
): Promise<DrivenSteps> {
  const trial = new SteppedTrial(bench, trialId, recipe, request);
  for (;;) {
    const command = nextOf(planOf(recipe), trial.ends, bench.cancelled.aborted);
    if (command.type === 'end') return trial.end(command);
    await trial.run(command.step, command.undoes !== null);
  }
}

/** What one step came to, before it is put down. */
interface Ran {
  readonly observation: Observation;
  readonly end: StepEnd;
  readonly instrument: string | null;
  readonly job: string | null;
}

class SteppedTrial {
  ends: Readonly<Record<string, StepEnd>> = {};
  private readonly answers: StepAnswer[] = [];
  private readonly steps: RanStep[] = [];
  private readonly moves: readonly PositionMoves[];
  /** Names of the instruments on which steps ran. */
  private readonly ranOn = new Map<string, string>();
  private held: readonly string[] = [];

  constructor(
    private readonly bench: LabTrialBench,
    private readonly trialId: string,
    private readonly recipe: Recipe,
    private readonly request: JobRequest,
  ) {
    this.moves = positionMoves(recipe, Object.keys(bench.lab.spec.positions));
  }

  async run(step: string, undoes: boolean): Promise<void> {
    const { wallTime } = this.bench;
    const order = orderOf(this.recipe, step)!;
    const key = jobKey(this.trialId, 1, step);
    const startedAt = wallTime();
    // What takes back is not cancelled.
    const cancelled = undoes ? new AbortController().signal : this.bench.cancelled;
    const ran = await this.carryOut(step, { order, key, cancelled });
    const { observation, end, instrument, job } = ran;
    this.ends = { ...this.ends, [step]: end };
    this.answers.push({ step, gives: order.gives, begun: end.begun, observation });
    const { how } = end;
    const when = { startedAt, endedAt: wallTime() };
    this.steps.push({ generation: 1, step, key, instrument, job, how, ...ranStepOf(observation), ...when });
  }

  /** Gives the sample's positions back, and says what all of it comes to. */
  end({ ending }: RecipeCommand & { type: 'end' }): DrivenSteps {
    this.leave(this.held);
    this.bench.lab.leases.leave(this.recipe.map(({ step }) => jobKey(this.trialId, 1, step)));
    return { observation: observeSteps(this.trialId, this.bench.terms, ending, this.answers), steps: this.steps };
  }

  private async carryOut(
    step: string,
    { order, key, cancelled }: { readonly order: StepOrder; readonly key: string; readonly cancelled: AbortSignal },
  ): Promise<Ran> {
    const { lab, lane, campaignId, terms } = this.bench;
    const filled = await lane.run(() => stepRequest(order, this.request, key));
    const taken = await lane.run(() => stepUses(order.uses, this.request, lab.spec.stock));
    const faults = [filled, taken].flatMap((each): readonly Fault[] => ('faults' in each ? each.faults : []));
    if ('faults' in filled || 'faults' in taken) return this.unbegun({ type: 'refused', faults });
    const moves = this.moves[this.recipe.findIndex((one) => one.step === step)] ?? { take: [], leave: [] };
    let slot: LeasedSlot;
    try {
      const begun = this.answers.length > 0;
      const further = begun ? {} : await this.needs();
      for (const position of moves.take) await this.stand(position, cancelled, further);
      const anyOf = this.instrumentsOf(order);
      slot = await lab.leases.take({ anyOf, key, campaignId, begun, uses: taken.uses, further }, cancelled);
    } catch (error) {
      if (!(error instanceof AthanorError && error.code === outOfStock)) return this.unbegun({ type: 'cancelled' });
      return this.lacking(error.message);
    }
    const { id, adapter } = lab.instruments.get(slot.name)!;
    this.ranOn.set(step, slot.name);
    const stepBench = {
      ...this.bench,
      adapter,
      cancelled,
      terms: stepTerms(terms, order.gives),
      caller: () => slot.caller(),
      given: (result: JobResult) => asOfTrial(order, this.request, result),
    };
    const driven = await driveJob(stepBench, { trialId: this.trialId, key }, filled.request);
    lab.leases.giveBack(slot.name, key);
    const end = stepEndOf(driven.ending);
    if (end.how === 'done') this.leave(moves.leave);
    return { observation: driven.observation, end, instrument: id, job: driven.job };
  }

  /** What the steps use up, by the keys of their jobs; those of which it cannot be told are refused at their turn. */
  private async needs(): Promise<Draws> {
    const { lab, lane } = this.bench;
    const needs: Record<string, Amounts> = {};
    for (const { step, on, uses } of this.recipe) {
      const taken = await lane.run(() => stepUses(uses, this.request, lab.spec.stock));
      if ('uses' in taken)
        needs[jobKey(this.trialId, 1, step)] = leastUsed(lab.spec, instrumentsFor(lab.spec, on), taken.uses);
    }
    return needs;
  }

  private instrumentsOf({ on, like }: StepOrder): readonly string[] {
    const same = like === null ? undefined : this.ranOn.get(like);
    return same === undefined ? instrumentsFor(this.bench.lab.spec, on) : [same];
  }

  private unbegun(ending: Exclude<TrialEnding, { type: 'result' }>): Ran {
    return { observation: unanswered(this.trialId, ending), end: stepEndOf(ending), instrument: null, job: null };
  }

  /** Nobody is there to fill it up. */
  private lacking(message: string): Ran {
    const cause = { class: 'operator', code: 'outOfStock', message } as const;
    const observation = unanswered(this.trialId, { type: 'quarantined', cause });
    const failed = { ...observation, outcome: 'failed' } as const;
    return { observation: failed, end: { how: 'failed', begun: false }, instrument: null, job: null };
  }

  private async stand(position: string, cancelled: AbortSignal, further: Draws): Promise<void> {
    const { lab, campaignId } = this.bench;
    const key = this.placeKey(position);
    await lab.leases.take({ anyOf: [position], key, campaignId, begun: true, uses: {}, further }, cancelled);
    this.held = [...this.held, position];
  }

  private leave(positions: readonly string[]): void {
    for (const position of positions) this.bench.lab.leases.giveBack(position, this.placeKey(position));
    this.held = this.held.filter((position) => !positions.includes(position));
  }

  private placeKey(position: string): string {
    return jobKey(this.trialId, 1, `@${position}`);
  }
}
