import type { Instrument, JobRequest, JobResult } from '../lab-adapters/contract.js';
import { withComputed } from '../models/domain/computed.js';
import { ContractError } from '../models/domain/errors.js';
import type { Fault } from '../models/domain/fault.js';
import { type Terms, termsOf } from '../models/domain/observe.js';
import type { Proposal } from '../models/domain/proposal.js';
import type { RawLimits } from '../models/domain/raw-limits.js';
import type { TrialState } from '../models/domain/record.js';
import { type Judged, judgedAt, lacksPrimary } from '../models/domain/standing.js';
import { onlyStep } from '../models/domain/step-name.js';
import type { Observation, Outcome } from '../models/domain/trial.js';
import type { CauseClass } from '../models/domain/verdicts.js';
import { foretoldWell } from '../models/strategy/explain/prequential.js';
import type { StepEnd } from '../workflows/recipe-state.js';
import type { TrialEnding } from '../workflows/trial-life.js';
import type { CampaignSource } from './campaign-source.js';
import { jobKey, jobRequest } from './job-request.js';
import type { CampaignOutline } from './store/campaign.js';
import type { Query, Store } from './store/client.js';
import { saveObservation } from './store/observation.js';
import type { Submission } from './store/submission.js';
import { hasOtherTrials, loadTrial, type StepRef } from './store/trial.js';

/** What running trials needs. */
export interface TrialDeps {
  readonly store: Store;
  readonly source: CampaignSource;
  /**
   * The instrument of one fidelity; its adapter is the same object every time, as long as the process lives.
   *
   * @param slot - that is leased, where the lab has the instrument; it names which
   * @param on - what a step of a recipe is to run on
   */
  readonly instrumentFor: (
    campaign: CampaignOutline,
    fidelity: string,
    slot?: string,
    on?: string,
  ) => Promise<Instrument>;
  /** Id of the home in which the adapters keep their jobs. */
  readonly home: string;
  /** Why nothing may begin on an instrument now, in words; null where it may. Asked right before anything moves. */
  readonly latchedBy?: (instrument: string) => string | null;
  /** How much of raw outputs is kept; that of `models/domain/raw-limits.ts` where absent. */
  readonly rawLimits?: RawLimits;
  /** Has the home remember a line of the ledger as it stands, should the database be lost; before the device is called. */
  readonly remember?: (line: Submission) => void;
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
  /** Whether the value lay in its 90 % interval; absent where none was foretold, or nobody asks. */
  readonly inside?: boolean;
  /** Present where its design has other trials at the target, so that it counts by the mean of them. */
  readonly repeated?: true;
  /** Who is to blame where nothing was measured. */
  readonly cause: CauseClass | null;
  readonly generation: number;
  /** Present where this is the end of one step of several: the trial goes on. */
  readonly step?: StepEnd;
  /** What a person has to see to that came of it; absent where nothing did. */
  readonly trouble?: string;
}

/** A trial's place in its campaign, and what was observed in the generation asked for. */
export interface Place {
  readonly campaign: CampaignOutline;
  readonly proposal: Proposal;
  readonly fidelity: string;
  readonly request: JobRequest;
  /** What keeps it from being asked for, whatever the adapter says. */
  readonly faults: readonly Fault[];
  /** On which an answer is taken. */
  readonly terms: Terms;
  /** What it is charged where it may have run, and nobody can tell. */
  readonly estimatedCost: number;
  readonly state: TrialState;
  readonly observation: Observation | null;
}

/** A step of a trial as the store has it: its campaign, what is asked for, the instrument, and how it ended. */
export class PlacedTrial {
  readonly key: string;
  readonly step: string;
  private place: Place | null = null;
  protected instrument: Instrument | null = null;

  constructor(
    protected readonly deps: Pick<TrialDeps, 'store' | 'source' | 'instrumentFor'>,
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
    const { fidelity, estimatedCost } = proposal;
    const { parameters } = campaign.space;
    const terms = termsOf(campaign.spec, fidelity, { parameters, design: proposal.design });
    const request = jobRequest(campaign, proposal);
    this.place = { campaign, proposal, fidelity, request, faults: [], terms, estimatedCost, state, observation };
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

  /** What its instrument gave, as far as it is told of the trial. */
  async given(result: JobResult): Promise<JobResult> {
    return result;
  }

  /** How it ended according to the store, null if it has not; `anew` where that may have changed. */
  async recall(anew = false): Promise<TrialEnd | null> {
    if (anew) this.place = null;
    const { observation } = await this.get();
    return observation === null ? null : this.endOf(observation);
  }

  /**
   * Stores what came of it, unless that is known already, which then stays; to be called in a transaction.
   * @returns what the store has now
   */
  async save(query: Query, observation: Observation, _ending: TrialEnding): Promise<Observation> {
    const { campaign, proposal } = await this.get();
    return saveObservation(query, withComputed(campaign, proposal, observation), this.ref.generation);
  }

  /** The end of a trial whose campaign took its proposal back while it waited for its device: it never ran, and nothing is stored. */
  async takenBack(): Promise<TrialEnd | null> {
    if ((await this.get()).state !== 'withdrawn') return null;
    const { trialId: id, generation } = this.ref;
    return { id, outcome: 'cancelled', cost: 0, judged: null, cause: null, generation };
  }

  /** What the campaign needs to know of an observation. */
  async endOf(observation: Observation): Promise<TrialEnd> {
    const { campaign, fidelity, proposal } = await this.get();
    const { trialId: id, outcome, cost, cause } = observation;
    const judged = judgedAt(campaign.spec, fidelity, observation);
    const lacking = lacksPrimary(campaign.spec, observation) ? { lacking: true as const } : {};
    const told = foretoldWell(campaign.spec, proposal, observation);
    const inside = told === null ? {} : { inside: told };
    const trouble = troubleOf(observation);
    const { generation } = this.ref;
    // A generation before may have measured what this one did not.
    const isAsked = judged !== null || generation > 1;
    const isRepeated = isAsked && (await hasOtherTrials(this.deps.store.query, campaign.id, proposal));
    const repeated = isRepeated ? { repeated: true as const } : {};
    return {
      id,
      outcome,
      cost,
      judged,
      ...lacking,
      ...inside,
      ...repeated,
      cause: cause?.class ?? null,
      generation,
      ...trouble,
    };
  }
}

/** Steps that could not be taken back: something may be left in a state that nobody wants. */
function troubleOf({ trialId, details: { notUndone } }: Observation): Pick<TrialEnd, 'trouble'> {
  if (!Array.isArray(notUndone)) return {};
  return { trouble: notTakenBack(trialId, notUndone as string[]) };
}

/** What a person has to see to. */
export function notTakenBack(trialId: string, notUndone: readonly string[]): string {
  const steps = notUndone.map((step) => `'${step}'`).join(', ');
  return `${trialId} has ended, but what its steps ${steps} did could not be taken back: look at their instruments`;
}
