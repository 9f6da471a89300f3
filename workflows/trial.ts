import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  patched,
  setHandler,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { LeasePlan } from '../activities/lease.js';
import type { TrialEnd } from '../activities/placed-trial.js';
import type { StepRef } from '../activities/store/trial.js';
import type { HeldSlot } from './lease-messages.js';
import { LeaseDesk } from './leases.js';
import { giveUp, stepEntered, trialEnded } from './messages.js';
import { heeding, readGiveUp, readStepEntered } from './payloads.js';
import { type Apart, activities } from './proxies.js';
import type { LifeState, TrialCommand, TrialEvent, TrialStep } from './trial-life.js';
import { beginTrial, stepTrial } from './trial-state.js';
import { liveBySteps } from './trial-steps.js';

/** What a trial workflow is started with. */
export interface TrialInput {
  readonly trialId: string;
  readonly campaignId: string;
  /** Which time it is run, from 1. */
  readonly generation: number;
  /** Present where it may need a slot of one of the lab's instruments. */
  readonly lab?: true;
}

/**
 * One trial: submit, track to the end, store, and tell the campaign. Its life is that of `trial-state.ts`, gone through in
 * strides: an activity goes on with it for as long as it can, and answers with the event that stands for all of that.
 * Cancelled, it settles the job first, so that `cancelled` means that the device said so. Where the job lies in another
 * home, it waits for a worker of that home, until a person gives the home up. It ends well whatever becomes of the trial,
 * and outlives the campaign's run that started it.
 */
export async function trialWorkflow(input: TrialInput): Promise<TrialEnd> {
  const trial = new DurableTrial(input);
  await (input.lab === true ? trial.liveInLab() : trial.live(beginTrial()));
  await CancellationScope.nonCancellable(() => tell(input.campaignId, trial.end!));
  return trial.end!;
}

/** Where a job is run. */
interface JobPlace {
  /** Of the recipe; null for the only job of a trial. */
  readonly step: string | null;
  /** That is leased for it. */
  readonly slot: string | null;
  /** The instrument, where not all workers drive it. */
  readonly apart: Apart | null;
}

/**
 * When it is looked whether a person has entered something though nobody told of it, as who entered it may have died in between;
 * each time twice as long.
 */
const lookAfterMs = 120_000;
const longestMs = 3_600_000;

const noPlace: JobPlace = { step: null, slot: null, apart: null };

class DurableTrial {
  end: TrialEnd | null = null;
  private readonly ref;
  /** Who no longer waits for the home in which the job lies. */
  private who: string | null = null;
  private readonly given: Promise<void>;
  private place: JobPlace = noPlace;
  /** Of the job: whether a person does it, and whether there may be something of it in the store that was not seen. */
  private byHand = false;
  private entered = false;

  constructor({ trialId, generation }: TrialInput) {
    this.ref = { trialId, generation };
    this.given = new Promise<void>((resolve) => {
      const heed = ({ who }: { readonly who: string }) => {
        this.who = who;
        resolve();
      };
      setHandler(giveUp, heeding('giveUp', readGiveUp, heed));
    });
    const look = () => {
      this.entered = true;
    };
    setHandler(stepEntered, heeding('stepEntered', readStepEntered, look));
  }

  async live(from: TrialStep): Promise<void> {
    let at = from;
    while (at.command !== null)
      for (const event of await this.stride(at.command, at.state)) at = stepTrial(at.state, event);
  }

  /** The same, on instruments of a lab: its one job, or step by step. */
  async liveInLab(): Promise<void> {
    const desk = new LeaseDesk();
    if ((await this.liveLeased(desk, false)) === 'steps') this.end = await liveBySteps(this, this.ref, desk);
  }

  /** Runs a step, and says how it ended; null where the trial is over instead. */
  async runStep(step: string, desk: LeaseDesk, begun: boolean): Promise<TrialEnd> {
    this.end = null;
    this.place = { ...noPlace, step };
    await this.liveLeased(desk, begun);
    return this.end!;
  }

  /** With a slot of the instrument that it needs, if it needs one: it begins once it has it. */
  private async liveLeased(desk: LeaseDesk, begun: boolean): Promise<'steps' | undefined> {
    let asked = true;
    if (isOver() && patched('begun-jobs-are-settled-with-their-slots')) return this.settleLeased(desk);
    try {
      const plan = await this.plan();
      if (plan === 'steps') return plan;
      if (plan === null) await this.live(beginTrial());
      else
        await desk.withLease({ ...plan, begun }, (slot) => {
          asked = false;
          return this.liveOn(slot, plan);
        });
    } catch (error) {
      if (!asked) throw error;
      if (isCancellation(error) && patched('begun-jobs-are-settled-with-their-slots')) return this.settleLeased(desk);
      // It has not begun, and never will.
      const broken = () => stepTrial(beginTrial().state, { type: 'broken', ...reasonOf(error) });
      await this.live(isCancellation(error) ? beginTrial({ cancelled: true }) : broken());
    }
    return undefined;
  }

  /** Ends it, as it is cancelled: a job that was begun is settled where it is, with its slot. */
  private settleLeased(desk: LeaseDesk): Promise<'steps' | undefined> {
    return CancellationScope.nonCancellable(async () => {
      const plan = await this.plan(true);
      if (plan === 'steps') return plan;
      const cancelled = beginTrial({ cancelled: true });
      if (plan === null) await this.live(cancelled);
      else await desk.withLease({ ...plan, begun: true }, (slot) => this.liveOn(slot, plan, cancelled));
      return undefined;
    });
  }

  private plan(cancelled = false): Promise<LeasePlan | 'steps' | null> {
    const { step } = this.place;
    const of = { ...this.ref, ...(step === null ? {} : { step }), ...(cancelled ? { cancelled: true as const } : {}) };
    return activities().planLease(of);
  }

  private async liveOn(
    { slot, lab, instrument }: HeldSlot,
    { anyOf }: LeasePlan,
    from: TrialStep = beginTrial(),
  ): Promise<void> {
    const isApart = anyOf.some(({ name, apart }) => name === instrument && apart);
    this.place = { ...this.place, slot, apart: isApart ? { lab, instrument } : null };
    await this.live(from);
  }

  /** Goes on with the trial as far as one activity does; what came of it, a person's wish first. */
  async stride(command: TrialCommand, state: LifeState): Promise<readonly TrialEvent[]> {
    if (command.type === 'record') return [await this.quarantine(state)];
    if (this.who !== null) return [{ type: 'givenUp', who: this.who }];
    try {
      const work = () => this.within(() => this.ask(command, state));
      // Once it is cancelled nothing but a person's word ends the settling.
      return [await (state.cancelled ? CancellationScope.nonCancellable(work) : work())];
    } catch (error) {
      if (this.who !== null) return [{ type: 'givenUp', who: this.who }];
      if (isCancellation(error) || this.isCutShort(error, state)) return [{ type: 'cancel' }, { type: 'waited' }];
      return [{ type: 'broken', ...reasonOf(error) }];
    }
  }

  /**
   * Whether a call would have been made again, had the trial not been cancelled meanwhile: the server does not repeat what is
   * to be cancelled. The device may have begun, so the trial is settled like any other that is cancelled.
   */
  private isCutShort(error: unknown, { cancelled }: LifeState): boolean {
    if (cancelled || !CancellationScope.current().consideredCancelled || !(error instanceof ActivityFailure))
      return false;
    // The worker may have died with the call, or with its answer.
    if (error.cause instanceof TimeoutFailure) return patched('settle-what-timed-out');
    const passing = error.cause instanceof ApplicationFailure && error.cause.nonRetryable !== true;
    return passing && patched('settle-what-was-cut-short');
  }

  private async ask(command: TrialCommand, { cancelled, home }: LifeState): Promise<TrialEvent> {
    const { submit, track, settle } = activities(home, this.place.apart);
    const ref = this.job;
    if (cancelled) return this.heard(await settle(ref));
    if (command.type === 'look') {
      if (this.byHand) await this.untilEntered(command.job);
      return this.heard(await track({ ...ref, job: command.job }));
    }
    const submitted = await submit(ref);
    if ('job' in submitted) {
      const { job, home } = submitted;
      this.byHand = submitted.byHand === true;
      return { type: 'placed', job, home };
    }
    return this.heard('end' in submitted ? submitted.end : submitted);
  }

  /** Waits for what a person says of the job; days, mostly, in which nothing is asked. */
  private async untilEntered(job: string): Promise<void> {
    for (let waitMs = lookAfterMs; ; waitMs = Math.min(2 * waitMs, longestMs)) {
      // Before it is looked: what is entered meanwhile is told.
      this.entered = false;
      if (await activities().isEntered(job)) return;
      await condition(() => this.entered, waitMs);
    }
  }

  /** The job that is run now, as activities have it. */
  private get job(): StepRef {
    const { step, slot } = this.place;
    return { ...this.ref, ...(step === null ? {} : { step }), ...(slot === null ? {} : { slot }) };
  }

  private heard(answer: TrialEnd | { readonly elsewhere: string }): TrialEvent {
    if ('elsewhere' in answer) return { type: 'elsewhere', home: answer.elsewhere };
    this.end = answer;
    return { type: 'ended' };
  }

  private async quarantine({ ending }: LifeState): Promise<TrialEvent> {
    if (ending?.type !== 'quarantined') throw ApplicationFailure.nonRetryable(`no activity stores '${ending?.type}'`);
    const { code, message } = ending.cause;
    const quarantined = () => activities().quarantine({ ...this.job, code, message });
    return this.heard(await CancellationScope.nonCancellable(quarantined));
  }

  /** Runs the work in a scope that ends with the one around it, and also once a person has given the trial up. */
  private within<T>(work: () => Promise<T>): Promise<T> {
    return CancellationScope.cancellable(() => {
      const scope = CancellationScope.current();
      void this.given.then(() => scope.cancel());
      return work();
    });
  }
}

function isOver(): boolean {
  return CancellationScope.current().consideredCancelled;
}

/** By workflow id without run id: whichever run of the campaign is the present one hears it. */
async function tell(campaignId: string, { id, generation }: TrialEnd): Promise<void> {
  try {
    await getExternalWorkflowHandle(campaignId).signal(trialEnded, { id, generation });
  } catch (error) {
    // The campaign is over or was terminated. The observation is in the store, where a new start finds it.
    log.warn('the campaign cannot be told of the end of its trial', { campaignId, error: String(error) });
  }
}

function reasonOf(error: unknown): { code: string; message: string } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const code = cause instanceof ApplicationFailure ? (cause.type ?? 'UNEXPECTED') : 'UNEXPECTED';
  return { code, message: cause instanceof Error ? cause.message : String(cause) };
}
