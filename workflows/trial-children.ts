import {
  CancellationScope,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  patched,
  sleep,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { TrialEnd } from '../activities/placed-trial.js';
import type { TrialRef } from '../activities/store/trial.js';
import { isAlreadyStarted, rootMessage } from './failures.js';
import { generationOf, type LoopCommand, type LoopState, trialWorkflowId } from './loop.js';
import { activities } from './proxies.js';
import type { trialWorkflow } from './trial.js';

/** How often it is looked whether the trials that an earlier run started are still there. */
const lookEvery = '10m';
/** Times that a trial's workflow is begun anew before a person has to look. */
const mostLosses = 3;

/** What a campaign does for its trials. */
interface Parent {
  readonly campaignId: string;
  /** Whether its trials may need slots of the lab's instruments. */
  readonly lab: boolean;
  /** Levels that people measure: their trials have no workflow, and wait in the campaign for what a person enters. */
  readonly people: readonly string[];
  readonly call: Activities;
  state(): LoopState;
  /** Runs what a continued run waits for. */
  operate(work: () => Promise<unknown>): Promise<void>;
  /** Tries until it succeeds. */
  insist<T>(work: () => Promise<T>): Promise<T>;
  /** A trial has ended. */
  take(end: TrialEnd): void;
  /** A trial waits for a person's result. */
  wait(id: string): void;
}

/**
 * The workflows of a campaign's trials: starts and cancels them, and hears how they end. One that is lost (terminated by
 * hand, or failed) is begun anew, and goes on with the job from what ledger and device say of its key.
 */
export class TrialChildren {
  /** Trials whose end is being read. */
  private readonly asking = new Set<string>();
  private reading = 0;
  private readonly starting = new Map<string, Promise<void>>();
  /** Workflows that this run of the campaign started: it hears of their end, whatever it is. */
  private readonly own = new Set<string>();
  private readonly losses = new Map<string, number>();
  private watch: CancellationScope | null = null;

  constructor(private readonly parent: Parent) {}

  start({ id, again }: LoopCommand & { type: 'startTrial' }): void {
    const started = this.parent.operate(() => this.begin(id, again));
    this.starting.set(id, started);
  }

  private async begin(id: string, again: (LoopCommand & { type: 'startTrial' })['again']): Promise<void> {
    const { call, insist } = this.parent;
    if (again !== undefined) await insist(() => call.reopen({ trialId: id, ...again }));
    try {
      await this.run({ trialId: id, generation: again?.generation ?? 1 });
    } finally {
      this.starting.delete(id);
    }
  }

  /** Has a trial's workflow run; one that does already is left alone. */
  private async run(ref: TrialRef): Promise<void> {
    const { campaignId, lab, call, operate, insist } = this.parent;
    const { trialId, generation } = ref;
    if (this.isByPerson(trialId)) {
      const end = await insist(() => call.awaitPerson(ref));
      return end === null ? this.parent.wait(trialId) : this.parent.take(end);
    }
    const workflowId = trialWorkflowId(trialId, generation);
    try {
      const child = await startChild<typeof trialWorkflow>('trialWorkflow', {
        workflowId,
        args: [{ ...ref, campaignId, ...(lab ? { lab } : {}) }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        // Of one that has ended well the store knows, and it ends at once; unless that is an older state, which was restored.
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      });
      this.own.add(workflowId);
      void child.result().then(
        () => this.hear(trialId, generation),
        (error) => operate(() => this.lost(ref, error)),
      );
    } catch (error) {
      if (!isAlreadyStarted(error)) throw error;
      // It runs, and will signal; or it has ended, and an earlier run of the campaign heard it, but not this one.
      await this.read(ref);
    }
  }

  /** A trial is said to have ended; the store knows whether it has, and how. */
  hear(id: string, generation: number): void {
    const { state, operate } = this.parent;
    const awaited = state().inFlight.some((slot) => slot.id === id && generationOf(slot) === generation);
    const key = trialWorkflowId(id, generation);
    if (!awaited || this.asking.has(key)) return;
    this.asking.add(key);
    void operate(async () => {
      await this.read({ trialId: id, generation }, () => this.asking.delete(key));
    });
  }

  /** Whether no end of a trial is being read. */
  get isQuiet(): boolean {
    return this.reading === 0;
  }

  private async read(ref: TrialRef, isRead?: () => void): Promise<void> {
    this.reading += 1;
    try {
      const end = await this.parent.insist(() => this.parent.call.recall(ref));
      isRead?.();
      this.take(end);
    } finally {
      this.reading -= 1;
    }
  }

  private take(end: TrialEnd | null): void {
    if (end !== null) this.parent.take(end);
  }

  async cancel(id: string, generation: number): Promise<void> {
    const ref = { trialId: id, generation };
    const workflowId = trialWorkflowId(id, generation);
    await this.starting.get(id);
    if (this.isByPerson(id)) return this.take(await this.parent.insist(() => this.parent.call.cancelAwaited(ref)));
    // The server takes the cancellation of a workflow that was terminated, and nothing comes of it.
    if (!this.own.has(workflowId) && patched('cancelled-trials-are-there')) await this.run(ref);
    try {
      await getExternalWorkflowHandle(workflowId).cancel();
    } catch {
      // Its workflow is gone: terminated by a person, which is heard of, or just ended.
      if (this.settlesItself()) this.hear(id, generation);
      else await this.settle(ref);
    }
  }

  /** Whether only its workflow can settle a trial, as slots are leased by it, and steps taken back. */
  private settlesItself(): boolean {
    return this.parent.lab && patched('trials-in-labs-settle-themselves');
  }

  /** Ends a cancelled trial that has no workflow. */
  private async settle(ref: TrialRef): Promise<void> {
    const { call, insist } = this.parent;
    const settled = await insist(() => call.settle(ref));
    if ('elsewhere' in settled) await insist(() => activities(settled.elsewhere).settle(ref));
    this.hear(ref.trialId, ref.generation);
  }

  /** A trial's workflow ended without an answer. One that is lost again and again is left to a person. */
  private async lost(ref: TrialRef, error: unknown): Promise<void> {
    const { state, call, insist } = this.parent;
    const key = trialWorkflowId(ref.trialId, ref.generation);
    const losses = (this.losses.get(key) ?? 0) + 1;
    this.losses.set(key, losses);
    this.own.delete(key);
    if (losses <= mostLosses && patched('lost-trials-go-on')) {
      if (isAborted(state()) && !this.settlesItself()) return this.settle(ref);
      await this.run(ref);
      // An abort may have met the workflow before, when there was none.
      if (isAborted(state())) await this.cancel(ref.trialId, ref.generation);
      return;
    }
    const message = `the trial's workflow ended without an answer: ${rootMessage(error)}`;
    await insist(() => call.quarantine({ ...ref, code: 'workflowLost', message }));
    this.hear(ref.trialId, ref.generation);
  }

  /**
   * Looks, now and from time to time, whether the trials that an earlier run started are still there: their workflows tell
   * when they end well, but of one that is lost nobody would hear.
   */
  lookAfter(): void {
    if (this.orphans().length === 0 || !patched('trials-are-looked-after')) return;
    this.watch = new CancellationScope();
    void this.watch.run(() => this.look()).catch(() => undefined);
  }

  /** No longer looks after them. */
  leave(): void {
    this.watch?.cancel();
  }

  private async look(): Promise<void> {
    for (let orphans = this.orphans(); orphans.length > 0; orphans = this.orphans()) {
      const { state, operate } = this.parent;
      for (const ref of orphans)
        void operate(() => (isAborted(state()) ? this.cancel(ref.trialId, ref.generation) : this.run(ref)));
      await sleep(lookEvery);
    }
  }

  private isByPerson(id: string): boolean {
    const { people, state } = this.parent;
    const fidelity = state().inFlight.find((slot) => slot.id === id)?.fidelity;
    return fidelity !== undefined && people.includes(fidelity);
  }

  /** Trials in flight of whose end this run might not hear. */
  private orphans(): readonly TrialRef[] {
    return this.parent
      .state()
      .inFlight.map((slot) => ({ trialId: slot.id, generation: generationOf(slot) }))
      .filter(({ trialId, generation }) => {
        if (this.isByPerson(trialId)) return false;
        return !this.starting.has(trialId) && !this.own.has(trialWorkflowId(trialId, generation));
      });
  }
}

function isAborted({ phase }: LoopState): boolean {
  return phase === 'aborting';
}
