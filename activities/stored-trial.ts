import { AdapterError, ContractError } from '../models/domain/errors.js';
import { byPerson } from '../models/domain/fidelity.js';
import type { Observation } from '../models/domain/trial.js';
import type {
  FailedCall,
  TrialAbilities,
  TrialCommand,
  TrialEvent,
  TrialLine,
  TrialStep,
} from '../workflows/trial-life.js';
import { stepTrial } from '../workflows/trial-state.js';
import { abilitiesOf, answered, askDevice, type DeviceCommand, type Fetched, unanswered } from './ask-device.js';
import { call, pause } from './device-call.js';
import { jobKey } from './job-request.js';
import { keepOf } from './keep-raw.js';
import { isAlone, mustBeFree, mustNotBeLatched } from './may-begin.js';
import { PlacedStep } from './placed-step.js';
import { PlacedTrial, type TrialDeps, type TrialEnd } from './placed-trial.js';
import { saveAudit } from './store/audit.js';
import { lockCampaign } from './store/campaign.js';
import type { Query } from './store/client.js';
import { exactJson, sha256 } from './store/exact-json.js';
import { isHomeAway } from './store/home.js';
import { isLeased } from './store/lease.js';
import { findResolution } from './store/resolution.js';
import {
  acceptSubmission,
  closeSubmission,
  findSubmission,
  isOutdated,
  openSubmission,
  renewFence,
  type Submission,
} from './store/submission.js';
import { type StepRef, startTrial } from './store/trial.js';

/** Commands whose call may move the device, or rules out that an earlier one moves it still. */
const moving: ReadonlySet<TrialCommand['type']> = new Set(['submit', 'adopt', 'find', 'cancel']);
/** Commands after which a job may begin: none of them is carried out between a safe stop and its clearing. */
const beginning: ReadonlySet<TrialCommand['type']> = new Set(['validate', 'note', 'submit', 'adopt']);

/** Of an adapter that is not asked. */
const none: TrialAbilities = { lookup: false, cancel: false };

/**
 * One step of one generation of a trial, in the store and on its adapter: carries out what its life commands. Each command may
 * be given again by any process, at any time; what cannot be reached is thrown, and the step goes on later from what the
 * store holds of it.
 */
export class StoredTrial {
  /** How it ended, once it has. */
  end: TrialEnd | null = null;
  private readonly placed: PlacedTrial;
  private answer: Observation | null = null;
  /** Why the last call had no answer. */
  private failed: FailedCall | null = null;

  constructor(
    private readonly deps: TrialDeps,
    private readonly ref: StepRef,
    private readonly signal?: AbortSignal,
  ) {
    const { step } = ref;
    this.placed = step === undefined ? new PlacedTrial(deps, ref) : new PlacedStep(deps, { ...ref, step });
  }

  /** Goes on with the trial until it has ended, is found to lie in another home, or is to be left before a command. */
  async live(from: TrialStep, leave: (command: TrialCommand) => boolean = () => false): Promise<TrialStep> {
    let at = from;
    while (at.command !== null && this.elsewhere(at) === null && !leave(at.command))
      at = stepTrial(at.state, await this.carryOut(at.command, at.state.cancelled));
    return at;
  }

  /** The other home in which the job lies, null where it lies in this one or any can ask for it. */
  elsewhere({ state: { home } }: TrialStep): string | null {
    return home === this.deps.home ? null : home;
  }

  /** Whether people do it: in a lab no other adapter has that name. */
  async isByHand(): Promise<boolean> {
    return this.ref.slot !== undefined && (await this.placed.device()).type === byPerson;
  }

  private async carryOut(command: TrialCommand, cancelled: boolean): Promise<TrialEvent> {
    if (beginning.has(command.type)) await mustNotBeLatched(this.deps, await this.placed.device());
    switch (command.type) {
      case 'open':
        return this.open(cancelled);
      case 'note':
        return this.note();
      case 'keep':
        await this.accept(command.job);
        return { type: 'kept' };
      case 'wait':
        await pause(Math.max(1, command.ms), this.signal);
        return { type: 'waited' };
      case 'rest':
        return this.rest(command.ms);
      case 'record':
        await this.record(command);
        return { type: 'ended' };
      default:
        return this.ask(command);
    }
  }

  private async open(cancelled: boolean): Promise<TrialEvent> {
    const line = await findSubmission(this.deps.store.query, this.placed.key);
    if (this.isElsewhere(line)) return { type: 'elsewhere', home: line.home };
    this.end = (await this.placed.recall()) ?? (line === null ? await this.placed.takenBack() : null);
    if (this.end !== null) return { type: 'ended' };
    const adoption = line === null ? await this.adoption() : null;
    // What never began ends without its device, which may no longer be there.
    if (cancelled && line === null && adoption === null) return { type: 'opened', line: null, abilities: none };
    const abilities = abilitiesOf((await this.placed.device()).adapter);
    if (line !== null) return { type: 'opened', line: lineOf(line), abilities };
    if (adoption === null) return { type: 'opened', line: null, abilities };
    // Whoever called the device is in reach of it.
    const { job, home } = adoption;
    if (this.isElsewhere(adoption) && !(await isHomeAway(this.deps.store.query, adoption.home)))
      return { type: 'elsewhere', home: home! };
    return { type: 'opened', line: null, abilities, adopt: job };
  }

  /** The job that a person says the generation before began, and its home; null where nobody did. */
  private async adoption(): Promise<{ readonly job: string; readonly home: string | null } | null> {
    const { query } = this.deps.store;
    const before = { trialId: this.ref.trialId, generation: this.ref.generation - 1 };
    const job = (await findResolution(query, before))?.job ?? null;
    const line = job && (await findSubmission(query, jobKey(before.trialId, before.generation, this.placed.step)));
    // Of several steps it is the one that nobody could tell of.
    return job && line && line.state === 'unknown' ? { job, home: line.home } : null;
  }

  private async note(): Promise<TrialEvent> {
    const { campaign, fidelity, request } = await this.placed.get();
    const device = await this.placed.device();
    const { id: instrument, formerly = null, type, adapter } = device;
    const { key, step } = this.placed;
    const { trialId, generation, slot = null } = this.ref;
    const requestSha = sha256(exactJson(request, true));
    const home = adapter.traits.anyHome === true ? null : this.deps.home;
    const line = {
      key,
      trialId,
      adapter: type,
      instrument,
      formerly,
      fidelity,
      requestSha,
      home,
      generation,
      step,
      slot,
      adopted: (await this.adoption())?.job ?? null,
    };
    const { query, transaction } = this.deps.store;
    if (slot !== null && !(await isLeased(query, slot, key))) throw this.wentOn();
    const { fresh, submission } = isAlone(this.ref, adapter)
      ? await transaction(async (within) => {
          await lockCampaign(within, campaign.id);
          await mustBeFree(within, this.ref, device);
          return openSubmission(within, line);
        })
      : await openSubmission(query, line);
    if (this.isElsewhere(submission)) return { type: 'elsewhere', home: submission.home };
    this.deps.remember?.(submission);
    return { type: 'noted', fresh, line: lineOf(submission) };
  }

  private async accept(job: string): Promise<void> {
    const { query } = this.deps.store;
    await acceptSubmission(query, this.placed.key, job);
    const line = await findSubmission(query, this.placed.key);
    if (line !== null) this.deps.remember?.(line);
  }

  private async ask(command: DeviceCommand): Promise<TrialEvent> {
    this.signal?.throwIfAborted();
    const { request, faults } = await this.placed.get();
    if (command.type === 'validate' && faults.length > 0) return { type: 'checked', faults };
    const { adapter } = await this.placed.device();
    const { callTimeoutMs } = this.deps;
    // Trouble with the store is none of the device's: it is thrown, and the server calls again.
    const fence = moving.has(command.type) ? await this.takeFence(command) : 0;
    // Once more, as the store may have been waited for.
    if (command.type === 'submit') await mustNotBeLatched(this.deps, await this.placed.device());
    const device = {
      adapter,
      key: this.placed.key,
      request,
      caller: { fence, ...(this.ref.slot === undefined ? {} : { slot: this.ref.slot }) },
      call: <T>(verb: string, ask: () => Promise<T>) => call(verb, ask(), callTimeoutMs),
    };
    const event = await askDevice(device, command);
    if (event.type === 'fetched') return this.keep(event);
    if (event.type === 'checked' && event.faults.length === 0)
      await mustBeFree(this.deps.store.query, this.ref, await this.placed.device());
    // What the adapter cannot reach now it says by throwing, and then the trial has not begun.
    if (event.type === 'checked' && !(await startTrial(this.deps.store.query, this.ref.trialId)))
      return this.overBefore();
    // The adapter may have said no because of a later call: then the trial is no longer this process's to judge.
    if (event.type === 'broken' && fence > 0 && (await isOutdated(this.deps.store.query, this.placed.key, fence)))
      throw this.wentOn();
    if (event.type === 'missed' || event.type === 'broken') this.failed = event;
    return event;
  }

  /** The trial is over, or was taken back, while the device was asked whether it can run it. */
  private async overBefore(): Promise<TrialEvent> {
    this.end = (await this.placed.recall(true)) ?? (await this.placed.takenBack());
    if (this.end !== null) return { type: 'ended' };
    throw new ContractError(`trial '${this.ref.trialId}' can no longer begin`);
  }

  /** A device that is away the server waits for, and shows meanwhile what the trouble is; errors in a row are counted here. */
  private async rest(ms: number): Promise<TrialEvent> {
    if (this.failed?.type !== 'missed' || this.failed.odd !== true) throw new AdapterError(this.failed!.message);
    await pause(ms, this.signal);
    return { type: 'waited' };
  }

  /** Asked of the ledger at every call, as time may have passed since the line was written, and another gone on with it. */
  private async takeFence({ type }: DeviceCommand): Promise<number> {
    const fence = await renewFence(this.deps.store.query, this.placed.key, type !== 'cancel');
    if (fence !== null) return fence;
    throw this.wentOn();
  }

  private wentOn(): AdapterError {
    return new AdapterError(`another worker went on with '${this.placed.key}' meanwhile`);
  }

  private async keep(fetched: Fetched): Promise<TrialEvent> {
    const { terms } = await this.placed.get();
    const raw = await keepOf(this.deps, this.ref, fetched.result);
    if ('type' in raw) this.failed = raw;
    else {
      const result = await this.placed.given(fetched.result);
      this.answer = answered(this.ref.trialId, terms, { ...fetched, result }, raw);
    }
    return 'type' in raw ? raw : { type: 'collected' };
  }

  /**
   * Stores the observation that ends the trial, unless it has one already, which then stays. What was measured all the same
   * is written down beside it, for a person to rule on: nothing that a device has measured is dropped.
   */
  private async record({ ending, ledger }: TrialCommand & { type: 'record' }): Promise<void> {
    const line = await findSubmission(this.deps.store.query, this.placed.key);
    const mayHaveRun = line !== null && ending.type === 'quarantined' && ending.unbegun !== true;
    const cost = mayHaveRun ? (await this.placed.get()).estimatedCost : 0;
    const observation = ending.type === 'result' ? this.answer! : unanswered(this.ref.trialId, ending, cost);
    const stored = await this.deps.store.transaction(async (query) => {
      await closeSubmission(query, this.placed.key, ledger);
      const first = await this.placed.save(query, observation, ending);
      if (first.outcome !== 'measured' && observation.outcome === 'measured') await this.writeLate(query, observation);
      return first;
    });
    this.end = await this.placed.endOf(stored);
  }

  private async writeLate(query: Query, observation: Observation): Promise<void> {
    const { trialId, generation } = this.ref;
    const { campaign } = await this.placed.get();
    const at = Date.now();
    const details = { trialId, generation, observation };
    const requestId = `${this.placed.key}/late`;
    await saveAudit(query, { campaignId: campaign.id, requestId, at, who: 'athanor', action: 'late', details });
  }

  /** Whether the job lies in another home. Rows from before there were homes have none. */
  private isElsewhere<Line extends Pick<Submission, 'home'>>(line: Line | null): line is Line & { home: string } {
    return line !== null && line.home !== null && line.home !== this.deps.home;
  }
}

function lineOf({ job, home, adopted: adopt }: Submission): TrialLine {
  return { job, home, adopt };
}
