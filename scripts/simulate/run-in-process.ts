import { jobRequest } from '../../activities/job-request.js';
import { frontOf } from '../../activities/tally.js';
import type { JobRequest } from '../../lab-adapters/contract.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { withComputed } from '../../models/domain/computed.js';
import { isRepeated } from '../../models/domain/design-standings.js';
import { durationMs } from '../../models/domain/duration.js';
import { termsOf } from '../../models/domain/observe.js';
import type { Proposal } from '../../models/domain/proposal.js';
import { recipeOf } from '../../models/domain/proposed-recipe.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import { judgedAt, lacksPrimary } from '../../models/domain/standing.js';
import type { Observation } from '../../models/domain/trial.js';
import type { TuneOrder } from '../../models/domain/tuning.js';
import { heldArtefacts, writtenArtefacts } from '../../models/strategy/artefacts.js';
import { decide } from '../../models/strategy/decide.js';
import type { DecideRequest, Decision } from '../../models/strategy/decision.js';
import { assurancesOf } from '../../models/strategy/decision.js';
import { foretoldWell } from '../../models/strategy/explain/prequential.js';
import type { Tunable } from '../../models/strategy/tuning/campaign-tuning.js';
import { step } from '../../workflows/campaign-state.js';
import {
  initialState,
  type LoopCommand,
  type LoopEvent,
  type LoopSettings,
  type LoopState,
} from '../../workflows/loop.js';
import { loopSettings } from '../loop-settings.js';
import type { AdapterSource, Benches } from './benches.js';
import { openBenches } from './benches.js';
import { driveOnInstrument, driveSteps } from './drive-steps.js';
import { driveTrial } from './drive-trial.js';
import { Tuner } from './tune-here.js';

/** What happened in a running campaign. */
export interface LoopNews {
  readonly type: 'proposed' | 'started' | 'ended' | 'withdrawn';
  readonly trial: TrialRecord;
  readonly state: LoopState;
}

/** How to run a campaign in this process. */
export interface InProcessOptions {
  readonly registry: AdapterSource;
  /** In place of the seed of the campaign file. */
  readonly seed?: number | undefined;
  /** The brain; another one can be put in its place to compare strategies. */
  readonly decide?: (request: DecideRequest, signal?: AbortSignal) => Promise<Decision>;
  readonly onEvent?: (news: LoopNews) => void;
  /** Finds models by identity, for campaigns that fine-tune their encoders; where absent none is found. */
  readonly model?: Tunable['model'];
  /**
   * When aborted, running trials are cancelled and the campaign ends as aborted, with its record. The brain gets it too:
   * one that then fails is not waited for, one that computes in this thread is.
   */
  readonly signal?: AbortSignal;
  /** What adapters have to say to people. */
  readonly log?: (message: string) => void;
}

/**
 * Runs a campaign to its end in this process: no server, nothing kept but the record it returns. The same reducer and
 * brain as the durable host; where all adapters allow it, in virtual time.
 *
 * Same campaign, same seed, deterministic adapters: same record.
 *
 * @throws whatever the brain throws; what goes wrong in a trial is in the record instead
 */
export async function runInProcess(campaign: Campaign, options: InProcessOptions): Promise<CampaignRecord> {
  const seeded =
    options.seed === undefined ? campaign : { ...campaign, spec: { ...campaign.spec, seed: options.seed } };
  const benches = await openBenches(seeded, options.registry, options.log ?? (() => {}));
  const host = new InProcessHost(seeded, benches, options);
  const abort = () => host.post({ type: 'abort' });
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted) abort();
  try {
    return await host.run();
  } finally {
    options.signal?.removeEventListener('abort', abort);
    await benches.close();
  }
}

/** Instruments by level of which their adapters say that they take one trial at a time. */
function exclusiveDevices({ instruments }: Benches): Record<string, string> {
  const taken = [...instruments].filter(([, { adapter }]) => adapter.traits.exclusive === true);
  return Object.fromEntries(taken.map(([level, { id }]) => [level, id]));
}

/** Executes the reducer's commands; holds no decision logic of its own. */
class InProcessHost {
  private state: LoopState;
  private readonly settings: LoopSettings;
  private readonly inbox: LoopEvent[] = [{ type: 'started' }];
  private readonly trials = new Map<string, TrialRecord>();
  /** What decisions made, by sha256. */
  private readonly artefacts = new Map<string, Uint8Array>();
  private readonly cancels = new Map<string, AbortController>();
  private readonly over = new AbortController();
  private readonly tuner: Tuner;
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly campaign: Campaign,
    private readonly benches: Benches,
    private readonly options: InProcessOptions,
  ) {
    const settings = loopSettings(campaign.spec, exclusiveDevices(benches));
    // Training takes no time here: rounds wait for it.
    const tune = settings.tune?.map((rule) => ({ ...rule, wait: true as const }));
    this.settings = { ...settings, ...(tune === undefined ? {} : { tune }) };
    const now = () => benches.clock.now();
    this.tuner = new Tuner({ campaign, find: options.model, artefacts: this.artefacts, now });
    this.state = initialState(this.settings);
  }

  post(event: LoopEvent): void {
    this.inbox.push(event);
    this.benches.lane.notify();
  }

  async run(): Promise<CampaignRecord> {
    this.watchWallClock();
    try {
      while (this.state.phase !== 'stopped') {
        await this.benches.lane.until(() => this.inbox.length > 0 || this.failure !== null);
        if (this.failure !== null) throw this.failure.error;
        const event = this.inbox.shift()!;
        const { state, commands } = step(this.settings, this.state, event);
        // Nobody is there to look at the device and resume.
        if (state.problems.length > this.state.problems.length) this.post({ type: 'drain', reason: 'failures' });
        this.state = state;
        if (event.type === 'trialEnded') this.tell('ended', event.id);
        for (const command of commands) this.execute(command);
      }
    } finally {
      this.over.abort();
      await this.cancelAll();
    }
    // A record names the lab, as the store does: what stands in it may change.
    const { lab, ...named } = this.campaign;
    return {
      campaign: lab === undefined ? this.campaign : named,
      phase: this.state.phase,
      stop: this.state.stop,
      trials: [...this.trials.values()],
      audit: this.tuner.audit,
      ...writtenArtefacts(this.tuner.named([...this.trials.values()])),
    };
  }

  private execute(command: LoopCommand): void {
    switch (command.type) {
      case 'propose':
        this.propose(command).catch((error: unknown) => this.fail(error));
        break;
      case 'startTrial':
        this.start(this.trials.get(command.id)!.proposal).catch((error: unknown) => this.fail(error));
        break;
      case 'cancelTrial':
        this.cancels.get(command.id)?.abort();
        break;
      case 'withdraw':
        for (const id of command.ids) this.update('withdrawn', { ...this.trials.get(id)!, state: 'withdrawn' });
        break;
      case 'tune':
        this.tune(command.order).catch((error: unknown) => this.fail(error));
        break;
      case 'cancelTuning':
        this.tuner.cancel();
        break;
      case 'average':
        this.average(command.id);
        break;
      case 'finish':
        break;
    }
  }

  private average(id: string): void {
    const { inFlight } = this.state;
    const known = [...this.trials.values()].filter((one) => inFlight.every((slot) => slot.id !== one.proposal.id));
    this.inbox.unshift({ type: 'averaged', id, front: frontOf(this.campaign.spec, known) });
  }

  private async propose(command: LoopCommand & { type: 'propose' }): Promise<void> {
    const { type: _, ...asked } = command;
    const { round } = asked;
    const trials = [...this.trials.values()];
    const brain = this.options.decide ?? ((given: DecideRequest) => decide(given));
    const held = heldArtefacts(this.artefacts);
    const request = { campaign: this.campaign, ...asked, trials, ...held };
    const { signal } = this.options;
    const decided = this.benches.lane
      .run(() => brain(request, signal))
      .catch((error: unknown): Decision => {
        // Nobody waits for the round any more: it is answered with nothing.
        if (signal?.aborted) return { proposals: [], shortfall: null };
        throw error;
      });
    const decision = await decided;
    const { proposals, shortfall } = decision;
    for (const [sha256, bytes] of decision.artefacts ?? []) this.artefacts.set(sha256, bytes);
    for (const proposal of proposals)
      this.update('proposed', { proposal, state: 'proposed', observation: null, startedAt: null, endedAt: null });
    const slots = proposals.map(({ id, estimatedCost, fidelity }) => ({ id, cost: estimatedCost, fidelity }));
    this.post({ type: 'proposed', round, proposals: slots, shortfall, assurances: assurancesOf(decision) });
  }

  private async tune(order: TuneOrder): Promise<void> {
    const trials = [...this.trials.values()];
    for (const event of await this.benches.lane.run(() => this.tuner.run(order, trials))) this.post(event);
  }

  private async start(proposal: Proposal): Promise<void> {
    const { id, fidelity } = proposal;
    const running: TrialRecord = { ...this.trials.get(id)!, state: 'running', startedAt: this.wallTime() };
    this.update('started', running);
    const request = jobRequest(this.campaign, proposal);
    const cancel = new AbortController();
    this.cancels.set(id, cancel);
    const { observation: given, ...ran } = await this.drive(proposal, request, cancel.signal);
    const observation = withComputed(this.campaign, proposal, given);
    this.cancels.delete(id);
    this.trials.set(id, { ...running, state: 'ended', observation, ...ran, endedAt: this.wallTime() });
    const { outcome, cost } = observation;
    const cause = observation.cause?.class ?? null;
    const judged = judgedAt(this.campaign.spec, fidelity, observation);
    const lacking = lacksPrimary(this.campaign.spec, observation) ? { lacking: true as const } : {};
    const told = foretoldWell(this.campaign.spec, proposal, observation);
    const inside = told === null ? {} : { inside: told };
    const repeated =
      judged !== null && isRepeated([...this.trials.values()], proposal) ? { repeated: true as const } : {};
    this.post({ type: 'trialEnded', id, outcome, cost, judged, ...lacking, ...inside, ...repeated, cause });
  }

  /** Runs a trial to its end: on the instrument of its level, or on those of the lab. */
  private async drive(
    proposal: Proposal,
    request: JobRequest,
    cancelled: AbortSignal,
  ): Promise<{ readonly observation: Observation } & Pick<TrialRecord, 'steps'>> {
    const { spec } = this.campaign;
    const { id, fidelity, estimatedCost, design } = proposal;
    const asked = { parameters: this.campaign.space.parameters, design };
    const { clock, lane, instruments, lab } = this.benches;
    const bench = { lane, clock, cancelled, terms: termsOf(spec, fidelity, asked), estimatedCost };
    const { instrument } = spec.fidelities.find(({ name }) => name === fidelity)!;
    const recipe = recipeOf(spec, proposal);
    const place = { ...bench, lab: lab!, campaignId: this.campaign.id, wallTime: () => this.wallTime() };
    if (recipe !== null)
      return driveSteps({ ...place, estimatedCost: estimatedCost / recipe.length }, id, { recipe, request });
    const observation =
      instrument === undefined
        ? await driveTrial({ ...bench, adapter: instruments.get(fidelity)!.adapter }, id, request)
        : await driveOnInstrument(place, id, { request, on: instrument });
    return { observation };
  }

  private update(type: LoopNews['type'], trial: TrialRecord): void {
    this.trials.set(trial.proposal.id, trial);
    this.tell(type, trial.proposal.id);
  }

  private tell(type: LoopNews['type'], id: string): void {
    this.options.onEvent?.({ type, trial: this.trials.get(id)!, state: this.state });
  }

  /** Ends what is still running, after a failure of the brain. */
  private async cancelAll(): Promise<void> {
    for (const cancel of this.cancels.values()) cancel.abort();
    this.tuner.cancel();
    await this.benches.lane.until(() => this.cancels.size === 0);
  }

  /** Milliseconds since 1970, null where time is virtual. */
  private wallTime(): number | null {
    return this.benches.virtual ? null : this.benches.clock.now();
  }

  private watchWallClock(): void {
    const { wallClock } = this.campaign.spec.budget;
    if (wallClock === undefined) return;
    this.benches.clock.sleep(durationMs(wallClock), this.over.signal).then(
      () => this.post({ type: 'drain', reason: 'wallClock' }),
      () => {},
    );
  }

  private fail(error: unknown): void {
    this.failure ??= { error };
    this.benches.lane.notify();
  }
}
