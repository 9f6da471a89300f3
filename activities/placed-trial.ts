import type { Instrument, JobRequest } from '../lab-adapters/contract.js';
import { ContractError } from '../models/domain/errors.js';
import type { TrialState } from '../models/domain/record.js';
import { type Judged, judgedAt, lacksPrimary } from '../models/domain/standing.js';
import { onlyStep } from '../models/domain/step-name.js';
import type { Observation, Outcome } from '../models/domain/trial.js';
import type { CauseClass } from '../models/domain/verdicts.js';
import type { CampaignSource } from './campaign-source.js';
import { jobKey, jobRequest } from './job-request.js';
import type { CampaignOutline } from './store/campaign.js';
import type { Store } from './store/client.js';
import { loadTrial, type StepRef } from './store/trial.js';

/** What running trials needs. */
export interface TrialDeps {
  readonly store: Store;
  readonly source: CampaignSource;
  /**
   * The instrument of one fidelity; its adapter is the same object every time, as long as the process lives.
   *
   * @param slot - that is leased, where the lab has the instrument; it names which
   */
  readonly instrumentFor: (campaign: CampaignOutline, fidelity: string, slot?: string) => Promise<Instrument>;
  /** Id of the home in which the adapters keep their jobs. */
  readonly home: string;
  /** Why nothing may begin on an instrument now, in words; null where it may. Asked right before anything moves. */
  readonly latchedBy?: (instrument: string) => string | null;
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
export interface Place {
  readonly campaign: CampaignOutline;
  readonly fidelity: string;
  readonly request: JobRequest;
  readonly state: TrialState;
  readonly observation: Observation | null;
}

/** A step of a trial as the store has it: its campaign, what is asked for, the instrument, and how it ended. */
export class PlacedTrial {
  readonly key: string;
  readonly step: string;
  private place: Place | null = null;
  private instrument: Instrument | null = null;

  constructor(
    private readonly deps: Pick<TrialDeps, 'store' | 'source' | 'instrumentFor'>,
    readonly ref: StepRef,
  ) {
    this.step = ref.step ?? onlyStep;
    this.key = jobKey(ref.trialId, ref.generation, this.step);
  }

  /** Its place, read once. */
  async get(): Promise<Place> {
    if (this.place !== null) return this.place;
    const { campaignId, proposal, state, observation } = await loadTrial(this.deps.store.query, this.ref);
    const campaign = await this.deps.source.campaign(campaignId);
    this.place = { campaign, fidelity: proposal.fidelity, request: jobRequest(campaign, proposal), state, observation };
    return this.place;
  }

  /** What it runs on. @throws {ContractError} if its campaign has no such fidelity */
  async device(): Promise<Instrument> {
    const { campaign, fidelity } = await this.get();
    const level = campaign.spec.fidelities.find(({ name }) => name === fidelity);
    if (level === undefined)
      throw new ContractError(
        `trial '${this.ref.trialId}' is at fidelity '${fidelity}', which its campaign does not have`,
      );
    this.instrument ??= await this.deps.instrumentFor(campaign, level.name, this.ref.slot);
    return this.instrument;
  }

  /** How it ended according to the store, null if it has not; `anew` where that may have changed. */
  async recall(anew = false): Promise<TrialEnd | null> {
    if (anew) this.place = null;
    const { observation } = await this.get();
    return observation === null ? null : this.endOf(observation);
  }

  /** The end of a trial whose campaign took its proposal back while it waited for its device: it never ran, and nothing is stored. */
  async takenBack(): Promise<TrialEnd | null> {
    if ((await this.get()).state !== 'withdrawn') return null;
    const { trialId: id, generation } = this.ref;
    return { id, outcome: 'cancelled', cost: 0, judged: null, cause: null, generation };
  }

  /** What the campaign needs to know of an observation. */
  async endOf(observation: Observation): Promise<TrialEnd> {
    const { campaign, fidelity } = await this.get();
    const { trialId: id, outcome, cost, cause } = observation;
    const judged = judgedAt(campaign.spec, fidelity, observation);
    const lacking = lacksPrimary(campaign.spec, observation) ? { lacking: true as const } : {};
    return { id, outcome, cost, judged, ...lacking, cause: cause?.class ?? null, generation: this.ref.generation };
  }
}
