import type { Instrument, JobRequest } from '../lab-adapters/contract.js';
import { AdapterError, ContractError } from '../models/domain/errors.js';
import { termsOf } from '../models/domain/observe.js';
import type { TrialState } from '../models/domain/record.js';
import { type Judged, judgedAt, lacksPrimary } from '../models/domain/standing.js';
import type { Observation, Outcome } from '../models/domain/trial.js';
import type { CauseClass } from '../models/domain/verdicts.js';
import type { FailedCall, TrialCommand, TrialEvent, TrialLine, TrialStep } from '../workflows/trial-life.js';
import { stepTrial } from '../workflows/trial-state.js';
import { abilitiesOf, answered, askDevice, type DeviceCommand, type Fetched, unanswered } from './ask-device.js';
import type { CampaignSource } from './campaign-source.js';
import { call, pause } from './device-call.js';
import { jobKey, jobRequest } from './job-request.js';
import { saveArtefact } from './store/artefact.js';
import { saveAudit } from './store/audit.js';
import { type CampaignOutline, lockCampaign } from './store/campaign.js';
import type { Query, Store } from './store/client.js';
import { exactJson, sha256 } from './store/exact-json.js';
import { saveObservation } from './store/observation.js';
import {
  acceptSubmission,
  closeSubmission,
  findSubmission,
  openSubmission,
  otherTrialOn,
  renewFence,
  type Submission,
} from './store/submission.js';
import { loadTrial, startTrial, type TrialRef } from './store/trial.js';

/** What running trials needs. */
export interface TrialDeps {
  readonly store: Store;
  readonly source: CampaignSource;
  /** The instrument of one fidelity; its adapter is the same object every time, as long as the process lives. */
  readonly instrumentFor: (campaign: CampaignOutline, fidelity: string) => Promise<Instrument>;
  /** Id of the home in which the adapters keep their jobs. */
  readonly home: string;
  /** Silence after which a call of a device counts as failed, milliseconds; that of `device-call.ts` where absent. */
  readonly callTimeoutMs?: number;
}

/** What the campaign needs to know of a trial that is over; the rest is in the store. */
export interface TrialEnd {
  readonly id: string;
  readonly outcome: Outcome;
  readonly cost: number;
  /** What a measured trial at the target fidelity is worth, else null. */
  readonly judged: Judged | null;
  /** Present where something was measured, but not what decides. */
  readonly lacking?: true;
  /** Who is to blame where nothing was measured. */
  readonly cause: CauseClass | null;
  readonly generation: number;
}

/** A trial's place in its campaign, and what was observed in the generation asked for. */
interface Place {
  readonly campaign: CampaignOutline;
  readonly fidelity: string;
  readonly request: JobRequest;
  readonly state: TrialState;
  readonly observation: Observation | null;
}

/**
 * A trial in the store and on its adapter: carries out what its life commands. Each command may be given again by any
 * process, at any time; what cannot be reached is thrown, and the trial goes on later from what the store holds of it.
 */
export class StoredTrial {
  /** How it ended, once it has. */
  end: TrialEnd | null = null;
  private place: Place | null = null;
  private instrument: Instrument | null = null;
  private answer: Observation | null = null;
  /** Why the last call had no answer. */
  private failed: FailedCall | null = null;

  constructor(
    private readonly deps: TrialDeps,
    private readonly ref: TrialRef,
    private readonly signal?: AbortSignal,
  ) {}

  /** Goes on with the trial until it has ended, is found to lie in another home, or is to be left before a command. */
  async live(from: TrialStep, leave: (command: TrialCommand) => boolean = () => false): Promise<TrialStep> {
    let at = from;
    while (at.command !== null && this.elsewhere(at) === null && !leave(at.command))
      at = stepTrial(at.state, await this.carryOut(at.command));
    return at;
  }

  /** The other home in which the job lies, null where it lies in this one or any can ask for it. */
  elsewhere({ state: { home } }: TrialStep): string | null {
    return home === this.deps.home ? null : home;
  }

  /** How it ended according to the store, null if it has not. */
  async recall(): Promise<TrialEnd | null> {
    const { observation } = await this.placed();
    return observation === null ? null : this.endOf(observation);
  }

  private get key(): string {
    return jobKey(this.ref.trialId, this.ref.generation);
  }

  private async carryOut(command: TrialCommand): Promise<TrialEvent> {
    const { store } = this.deps;
    switch (command.type) {
      case 'open':
        return this.open();
      case 'note':
        return this.note();
      case 'keep':
        await acceptSubmission(store.query, this.key, command.job);
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

  private async open(): Promise<TrialEvent> {
    const line = await findSubmission(this.deps.store.query, this.key);
    if (this.isElsewhere(line)) return { type: 'elsewhere', home: line.home };
    this.end = (await this.recall()) ?? (line === null ? await this.takenBack() : null);
    if (this.end !== null) return { type: 'ended' };
    return { type: 'opened', line: line && lineOf(line), abilities: abilitiesOf((await this.device()).adapter) };
  }

  private async note(): Promise<TrialEvent> {
    const { campaign, fidelity, request } = await this.placed();
    const { id: instrument, formerly = null, type, adapter } = await this.device();
    const line = {
      key: this.key,
      trialId: this.ref.trialId,
      adapter: type,
      instrument,
      formerly,
      fidelity,
      requestSha: sha256(exactJson(request, true)),
      home: adapter.traits.anyHome === true ? null : this.deps.home,
      generation: this.ref.generation,
    };
    const { query, transaction } = this.deps.store;
    const { fresh, submission } = adapter.traits.exclusive
      ? await transaction(async (within) => {
          await lockCampaign(within, campaign.id);
          await this.waitForDevice(within);
          return openSubmission(within, line);
        })
      : await openSubmission(query, line);
    if (this.isElsewhere(submission)) return { type: 'elsewhere', home: submission.home };
    return { type: 'noted', fresh, line: lineOf(submission) };
  }

  private async ask(command: DeviceCommand): Promise<TrialEvent> {
    this.signal?.throwIfAborted();
    const { request } = await this.placed();
    const { adapter } = await this.device();
    const { callTimeoutMs } = this.deps;
    // Trouble with the store is none of the device's: it is thrown, and the server calls again.
    const fence = command.type === 'submit' ? await this.takeFence() : 0;
    const device = {
      adapter,
      key: this.key,
      request,
      fence,
      call: <T>(verb: string, ask: () => Promise<T>) => call(verb, ask(), callTimeoutMs),
    };
    const event = await askDevice(device, command);
    if (event.type === 'fetched') return this.keep(event);
    if (event.type === 'checked' && event.faults.length === 0) await this.waitForDevice(this.deps.store.query);
    // What the adapter cannot reach now it says by throwing, and then the trial has not begun.
    if (event.type === 'checked' && !(await startTrial(this.deps.store.query, this.ref.trialId)))
      return this.overBefore();
    if (event.type === 'missed' || event.type === 'broken') this.failed = event;
    return event;
  }

  /** The trial is over, or was taken back, while the device was asked whether it can run it. */
  private async overBefore(): Promise<TrialEvent> {
    this.place = null;
    this.end = (await this.recall()) ?? (await this.takenBack());
    if (this.end !== null) return { type: 'ended' };
    throw new ContractError(`trial '${this.ref.trialId}' can no longer begin`);
  }

  /** The end of a trial whose campaign took its proposal back while it waited for its device: it never ran, and nothing is stored. */
  private async takenBack(): Promise<TrialEnd | null> {
    if ((await this.placed()).state !== 'withdrawn') return null;
    const { trialId: id, generation } = this.ref;
    return { id, outcome: 'cancelled', cost: 0, judged: null, cause: null, generation };
  }

  /**
   * The campaign keeps to one trial at a time where its file says that the device is exclusive; the adapter's own word may only
   * be had here, where it can be made.
   *
   * @throws {AdapterError} while another trial of the campaign is on the device: the server waits, as for one that is away
   */
  private async waitForDevice(query: Query): Promise<void> {
    const device = await this.device();
    const other = device.adapter.traits.exclusive ? await otherTrialOn(query, this.ref.trialId, device) : null;
    if (other !== null) throw new AdapterError(`${device.id} takes one trial at a time, and '${other}' is on it`);
  }

  /** A device that is away the server waits for, and shows meanwhile what the trouble is; errors in a row are counted here. */
  private async rest(ms: number): Promise<TrialEvent> {
    if (this.failed?.type !== 'missed' || this.failed.odd !== true) throw new AdapterError(this.failed!.message);
    await pause(ms, this.signal);
    return { type: 'waited' };
  }

  /** Asked of the ledger at every call, as time may have passed since the line was written, and another gone on with it. */
  private async takeFence(): Promise<number> {
    const fence = await renewFence(this.deps.store.query, this.key);
    if (fence !== null) return fence;
    throw new AdapterError(`another worker went on with '${this.key}' meanwhile`);
  }

  private async keep(fetched: Fetched): Promise<TrialEvent> {
    const { campaign, fidelity } = await this.placed();
    const kept: Record<string, string> = {};
    for (const [name, bytes] of Object.entries(fetched.result.artefacts ?? {}))
      kept[name] = await saveArtefact(this.deps.store.query, bytes);
    this.answer = answered(this.ref.trialId, termsOf(campaign.spec, fidelity), fetched, kept);
    return { type: 'collected' };
  }

  /**
   * Stores the observation that ends the trial, unless it has one already, which then stays. What was measured all the same
   * is written down beside it, for a person to rule on: nothing that a device has measured is dropped.
   */
  private async record({ ending, ledger }: TrialCommand & { type: 'record' }): Promise<void> {
    const observation = ending.type === 'result' ? this.answer! : unanswered(this.ref.trialId, ending);
    const stored = await this.deps.store.transaction(async (query) => {
      await closeSubmission(query, this.key, ledger);
      const first = await saveObservation(query, observation, this.ref.generation);
      if (first.outcome !== 'measured' && observation.outcome === 'measured') await this.writeLate(query, observation);
      return first;
    });
    this.end = await this.endOf(stored);
  }

  private async writeLate(query: Query, observation: Observation): Promise<void> {
    const { trialId, generation } = this.ref;
    const { campaign } = await this.placed();
    const at = Date.now();
    const details = { trialId, generation, observation };
    const requestId = `${jobKey(trialId, generation)}/late`;
    await saveAudit(query, { campaignId: campaign.id, requestId, at, who: 'athanor', action: 'late', details });
  }

  private async endOf(observation: Observation): Promise<TrialEnd> {
    const { campaign, fidelity } = await this.placed();
    const { trialId: id, outcome, cost, cause } = observation;
    const judged = judgedAt(campaign.spec, fidelity, observation);
    const lacking = lacksPrimary(campaign.spec, observation) ? { lacking: true as const } : {};
    return { id, outcome, cost, judged, ...lacking, cause: cause?.class ?? null, generation: this.ref.generation };
  }

  /** Whether the job lies in another home. Rows from before there were homes have none. */
  private isElsewhere(line: Submission | null): line is Submission & { home: string } {
    return line !== null && line.home !== null && line.home !== this.deps.home;
  }

  private async placed(): Promise<Place> {
    if (this.place !== null) return this.place;
    const { campaignId, proposal, state, observation } = await loadTrial(this.deps.store.query, this.ref);
    const campaign = await this.deps.source.campaign(campaignId);
    this.place = { campaign, fidelity: proposal.fidelity, request: jobRequest(campaign, proposal), state, observation };
    return this.place;
  }

  private async device(): Promise<Instrument> {
    const { campaign, fidelity } = await this.placed();
    this.instrument ??= await this.deps.instrumentFor(campaign, levelOf(campaign, fidelity, this.ref).name);
    return this.instrument;
  }
}

function levelOf({ spec }: CampaignOutline, fidelity: string, { trialId }: TrialRef) {
  const level = spec.fidelities.find(({ name }) => name === fidelity);
  if (level !== undefined) return level;
  throw new ContractError(`trial '${trialId}' is at fidelity '${fidelity}', which its campaign does not have`);
}

function lineOf({ job, home }: Submission): TrialLine {
  return { job, home };
}
