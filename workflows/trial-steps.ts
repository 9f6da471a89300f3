import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { TrialEnd } from '../activities/placed-trial.js';
import type { StepsPlan } from '../activities/steps.js';
import type { TrialRef } from '../activities/store/trial.js';
import { undoneBy } from '../models/domain/step-name.js';
import type { LeaseDesk, LeaseWant } from './leases.js';
import { activities } from './proxies.js';
import type { PositionMoves } from './recipe-positions.js';
import { nextOf, type RecipeCommand, type StepEnds } from './recipe-state.js';

/** Runs the job of a step with a slot of its instrument, and says how it ended. */
interface StepRunner {
  runStep(step: string, desk: LeaseDesk, begun: boolean): Promise<TrialEnd>;
}

/**
 * A trial of several steps: which is next, and when all is taken back, says `recipe-state.ts` from how those before ended,
 * which is in the store; so it goes on where it was. Cancelled, the step that runs is settled first; what takes back is not cancelled.
 */
export async function liveBySteps(runner: StepRunner, ref: TrialRef, desk: LeaseDesk): Promise<TrialEnd> {
  const always = <T>(work: () => Promise<T>) => CancellationScope.nonCancellable(work);
  const plan = await always(() => activities().planSteps(ref));
  if (plan === null) return always(async () => (await activities().recall(ref))!);
  const sample = new Sample(desk, ref, plan);
  let { ends } = plan;
  try {
    await sample.stand(ends);
    for (;;) {
      const isCancelled = plan.undoing || CancellationScope.current().consideredCancelled;
      const next = openIn(plan, ends) ?? nextOf(plan, ends, isCancelled);
      if (next.type === 'end') return await always(() => activities().endSteps({ ...ref, ending: next.ending }));
      const { step } = next;
      const begun = Object.keys(ends).length > 0;
      // What has begun has its position.
      if (!(await sample.before(step, begun)) && step !== plan.open) continue;
      const run = () => runner.runStep(step, desk, begun);
      const end = next.undoes === null ? await run() : await always(run);
      // It was found to be over, by whoever went on with it.
      if (end.step === undefined) return end;
      ends = { ...ends, [step]: end.step };
      if (end.step.how === 'done') await sample.after(step);
    }
  } finally {
    await always(() => sample.leave());
  }
}

/** What was begun by a workflow that is gone: first of all it is brought to its end, also where no more is to be done. */
function openIn({ open }: StepsPlan, ends: StepEnds): RecipeCommand | null {
  // Absent in histories from before.
  if (open == null || Object.hasOwn(ends, open)) return null;
  return { type: 'step', step: open, undoes: undoneBy(open) };
}

/** The sample of a trial: which positions it has. */
class Sample {
  private readonly held = new Map<string, LeaseWant>();
  /** Positions that it may have all the same, as the taking was cancelled: while a job ran there they were held. */
  private readonly cut: LeaseWant[] = [];

  constructor(
    private readonly desk: LeaseDesk,
    private readonly ref: TrialRef,
    private readonly plan: StepsPlan,
  ) {}

  /** Takes, or has again, the positions in which it stands after steps that were done before. */
  async stand(ends: StepEnds): Promise<void> {
    const stands = new Set<string>();
    this.plan.steps.forEach(({ step }, i) => {
      if (ends[step]?.how !== 'done') return;
      for (const name of this.plan.moves[i]!.take) stands.add(name);
      for (const name of this.plan.moves[i]!.leave) stands.delete(name);
    });
    await this.takeAll([...stands], true);
  }

  /** Takes what a step needs; false where the trial was cancelled meanwhile. */
  before(step: string, begun: boolean): Promise<boolean> {
    return this.takeAll(this.movesOf(step)?.take ?? [], begun);
  }

  private async takeAll(names: readonly string[], begun: boolean): Promise<boolean> {
    try {
      for (const name of names) await this.take(name, begun);
      return true;
    } catch (error) {
      if (isCancellation(error)) return false;
      throw error;
    }
  }

  async after(step: string): Promise<void> {
    for (const name of this.movesOf(step)?.leave ?? []) await this.giveBack(name);
  }

  /** Leaves all positions; they are held for it where nobody knows what became of a job. */
  async leave(): Promise<void> {
    for (const name of [...this.held.keys()]) await this.giveBack(name);
    if (this.cut.length > 0 && patched('what-was-cut-short-is-given-back'))
      for (const order of this.cut) await this.desk.leave(order, true);
  }

  private movesOf(step: string): PositionMoves | undefined {
    return this.plan.moves[this.plan.steps.findIndex((one) => one.step === step)];
  }

  private async take(name: string, begun: boolean): Promise<void> {
    if (this.held.has(name)) return;
    const { lab, want, heirs } = this.plan;
    const { trialId, generation } = this.ref;
    const key = (of: number) => `${trialId}/g${of}/@${name}`;
    const after = heirs.includes(name) ? key(generation - 1) : null;
    const order: LeaseWant = {
      lab,
      anyOf: [{ name, apart: false }],
      want: { ...want, key: key(generation), uses: {}, after },
      begun,
    };
    await this.desk.lease(order).catch((error: unknown) => {
      this.cut.push(order);
      throw error;
    });
    this.held.set(name, order);
  }

  private async giveBack(name: string): Promise<void> {
    const order = this.held.get(name);
    if (order === undefined) return;
    this.held.delete(name);
    await this.desk.leave(order);
  }
}
