import type { JobRequest } from '../lab-adapters/contract.js';
import { stepUses } from '../lab-adapters/step-values.js';
import { durationMs } from '../models/domain/duration.js';
import { AdapterError, ContractError } from '../models/domain/errors.js';
import { formatFaults } from '../models/domain/fault.js';
import { instrumentsFor, type LabSpec } from '../models/domain/lab.js';
import { recipeOf } from '../models/domain/proposed-recipe.js';
import type { StepOrder } from '../models/domain/recipe.js';
import { addedAmounts } from '../models/domain/stock-needs.js';
import type { LeaseEvent, StoredLease, Want } from '../workflows/lease-life.js';
import type { CampaignSource } from './campaign-source.js';
import { jobKey, jobRequest } from './job-request.js';
import { type ClosedTime, closedTimes } from './maintenance.js';
import { orderIn } from './placed-step.js';
import { openNeeds } from './stock-needs.js';
import type { Store } from './store/client.js';
import { findLab, loadLab, lockLab } from './store/lab.js';
import { grantLease, type LeaseEntry, openLeases, releaseLease, settleHeld } from './store/lease.js';
import { findResolution } from './store/resolution.js';
import { listStandstills } from './store/standstill.js';
import { listStepAnswers } from './store/step-answer.js';
import { findSubmission } from './store/submission.js';
import { loadTrial, type TrialRef } from './store/trial.js';

/** What leases are granted from. */
export interface LeaseDeps {
  readonly store: Store;
  readonly source: CampaignSource;
  /** Whether the workflow of an id runs. */
  readonly isOpen: (workflowId: string) => Promise<boolean>;
  /** Has the workflow of an instrument look at what the store says; where absent, who waits asks again. */
  readonly tellInstrument?: (lab: string, name: string) => Promise<void>;
}

type Reading = Pick<LeaseDeps, 'store' | 'source'>;

/** How long an instrument's workflow goes by what it read last, milliseconds. */
const spanMs = 7 * 86_400_000;

/** One of the instruments that a job may be run on. */
export interface Able {
  readonly name: string;
  /** Whether workers that were told to alone drive it. */
  readonly apart: boolean;
}

/** On what a job is to run. */
export interface LeasePlan {
  readonly lab: string;
  /** Any of these, in the order of the lab file. */
  readonly anyOf: readonly Able[];
  readonly want: Pick<Want, 'key' | 'campaignId' | 'priority' | 'uses' | 'after'>;
}

/** A step of a trial, and what it is to run on. */
export interface PlannedStep extends TrialRef {
  readonly step?: string;
  /** Whether no more than what has begun is to be settled. */
  readonly cancelled?: true;
}

/**
 * On what a trial's job is to run: null where nothing is leased for it, as it has an adapter of its own, or is over. A job that was
 * begun goes on where it is, and a later generation of one of which nobody knows takes its slot over.
 *
 * @throws {AdapterError} while no instrument of the lab can do it
 */
export async function planLease(
  deps: Reading,
  { step, cancelled, ...ref }: PlannedStep,
): Promise<LeasePlan | 'steps' | null> {
  const { query } = deps.store;
  const { campaignId, proposal, observation } = await loadTrial(query, ref);
  if (observation !== null) return null;
  const campaign = await deps.source.campaign(campaignId);
  const { spec } = campaign;
  const level = spec.fidelities.find(({ name }) => name === proposal.fidelity);
  if (level === undefined || spec.lab === undefined || typeof spec.lab === 'string') return null;
  if (recipeOf(spec, proposal) !== null && step === undefined) return 'steps';
  const { definition: lab } = await loadLab(query, spec.lab.name);
  const order = step === undefined ? null : orderIn(campaign, proposal, step);
  const on = order?.on ?? level.instrument;
  if (on === undefined) return null;
  const key = jobKey(ref.trialId, ref.generation, step);
  const before = ref.generation === 1 ? null : jobKey(ref.trialId, ref.generation - 1, step);
  const like = order?.like == null ? null : await ranOn(deps, ref, order.like);
  const [[own], [former], line] = await Promise.all([
    openLeases(query, lab.name, { key }),
    before === null ? [] : openLeases(query, lab.name, { key: before }),
    findSubmission(query, key),
  ]);
  const said = before === null ? null : await findResolution(query, { ...ref, generation: ref.generation - 1 });
  const last = before === null ? null : await findSubmission(query, before);
  // That of a trial whose workflow is gone is held once that is noticed. A job that never began, as a person says, has no slot,
  // and its stock is there again.
  const isHeld = (former?.heldAt != null || last?.state === 'unknown') && said?.verdict !== 'notStarted';
  const heir = isHeld ? former : undefined;
  // One that runs is taken over where it is, and nowhere else.
  const begun = line ?? (said?.verdict === 'started' && last?.state === 'unknown' ? last : null);
  if (cancelled && begun === null) return null;
  const ran = begun ?? like;
  const placed = own?.resource ?? (ran === null ? undefined : instrumentOf(ran.instrument, lab)) ?? heir?.resource;
  const names = placed === undefined ? instrumentsFor(lab, on) : [placed];
  if (names.length === 0)
    throw new AdapterError(`no instrument of lab '${lab.name}' can '${on}'; 'athanor lab up' changes that`);
  const uses = order === null ? {} : await amounts(order, jobRequest(campaign, proposal), lab);
  return {
    lab: lab.name,
    anyOf: names.map((name) => ({ name, apart: lab.instruments[name]?.worker !== undefined })),
    want: { key, campaignId, priority: spec.priority ?? 0, uses, after: heir?.key ?? null },
  };
}

/** The line of the job of a step, in whichever generation that ran. */
async function ranOn({ store }: Pick<LeaseDeps, 'store'>, ref: TrialRef, step: string) {
  const answer = (await listStepAnswers(store.query, ref)).find((one) => one.step === step);
  return answer === undefined ? null : findSubmission(store.query, answer.key);
}

/** What a step uses up. @throws {ContractError} if that cannot be told */
async function amounts({ uses }: StepOrder, request: JobRequest, { stock }: LabSpec) {
  const taken = await stepUses(uses, request, stock);
  if ('uses' in taken) return taken.uses;
  throw new ContractError(`what the step uses up cannot be told:\n${formatFaults(taken.faults)}`);
}

function instrumentOf(id: string, { name: lab, instruments }: LabSpec): string | undefined {
  return Object.keys(instruments).find((name) => id === `${lab}/${name}`);
}

/** What an instrument's workflow goes by. */
export type InstrumentReading = Omit<LeaseEvent & { type: 'read' }, 'type'> & {
  readonly closed: readonly ClosedTime[];
  /** Until when this may be gone by; milliseconds since 1970. */
  readonly until: number;
};

/** What store and lab file say of an instrument or position; one that is in the lab no more has no slots. */
export async function readInstrument(
  { store }: LeaseDeps,
  { lab, name, now }: { readonly lab: string; readonly name: string; readonly now: number },
): Promise<InstrumentReading> {
  await store.transaction((query) => settleHeld(query, { lab, resource: name, at: now }));
  const found = await findLab(store.query, lab);
  const instrument = found?.definition.instruments[name];
  const slots = instrument?.slots ?? found?.definition.positions[name]?.slots ?? 0;
  const until = now + spanMs;
  const lead = instrument?.takes === undefined ? 0 : durationMs(instrument.takes);
  const [standstill] = await listStandstills(store.query, lab, name);
  return {
    slots,
    leases: (await openLeases(store.query, lab, { resource: name })).map(storedLease),
    standstill: standstill === undefined ? null : { kind: standstill.kind, why: standstill.why },
    closed: closedTimes(instrument?.maintenance ?? [], { from: now, until: until + spanMs }, lead),
    until,
  };
}

/** Writes a lease down; what came of it. */
export async function writeGrant(
  deps: LeaseDeps,
  given: {
    readonly lab: string;
    readonly name: string;
    readonly place: number;
    readonly want: Want;
    readonly now: number;
  },
): Promise<LeaseEvent> {
  const { store, source } = deps;
  const { lab, name, place, want, now } = given;
  const { key, holder, anyOf, campaignId, askedAt, uses, after, begun } = want;
  // Before, as a transaction that waits for another connection may wait for ever.
  const campaign = await source.campaign(campaignId);
  const answer = await store.transaction(async (query) => {
    await lockLab(query, lab);
    const definition = (await findLab(query, lab))?.definition;
    const instrument = definition?.instruments[name];
    return grantLease(query, {
      lab,
      resource: name,
      adapter: instrument?.adapter ?? 'position',
      place,
      key,
      holder,
      campaignId,
      askedAt,
      at: now,
      // A job that takes the place of one of which nobody knew has what that one drew.
      uses: after === null ? addedAmounts(uses, instrument?.uses ?? {}) : {},
      further: definition === undefined ? {} : await openNeeds({ query, campaign, lab: definition }, key),
      anyOf,
      after,
      begun,
    });
  });
  if ('lease' in answer) {
    if (answer.freed === true) await tellAll(deps, lab);
    return { type: 'granted', key, fence: answer.lease.fence };
  }
  if ('short' in answer) return { type: 'short', key, stock: answer.short };
  if ('paused' in answer) return { type: 'paused', key };
  if ('elsewhere' in answer) return { type: 'elsewhere', key };
  if ('taken' in answer) return { type: 'refused', key, because: storedLease(answer.taken) };
  return { type: 'refused', key, because: { kind: answer.stands.kind, why: answer.stands.why } };
}

/** Writes down that a slot was given back, or is held; and whom else it concerns, as stock that was not used is there again. */
export async function writeRelease(
  { store }: LeaseDeps,
  { lab, name, key, now }: { readonly lab: string; readonly name: string; readonly key: string; readonly now: number },
): Promise<{ readonly event: LeaseEvent; readonly concerns: readonly string[] }> {
  return store.transaction(async (query) => {
    const { held, undrawn } = await releaseLease(query, { lab, resource: name, key, at: now });
    const { instruments = {}, positions = {} } = (undrawn ? await findLab(query, lab) : null)?.definition ?? {};
    const concerns = [...Object.keys(instruments), ...Object.keys(positions)];
    return { event: { type: 'closed', key, held }, concerns };
  });
}

/** Has instruments and positions of a campaign's lab look again, as trials of it that waited while it was paused may begin now. */
export async function tellResumed(deps: LeaseDeps, campaignId: string): Promise<void> {
  const { lab } = (await deps.source.campaign(campaignId)).spec;
  if (typeof lab === 'object') await tellAll(deps, lab.name);
}

/** Has instruments and positions of a lab look again at what the store says. */
export async function tellAll(
  { store, tellInstrument }: Pick<LeaseDeps, 'store' | 'tellInstrument'>,
  lab: string,
): Promise<void> {
  if (tellInstrument === undefined) return;
  const { instruments = {}, positions = {} } = (await findLab(store.query, lab))?.definition ?? {};
  for (const name of [...Object.keys(instruments), ...Object.keys(positions)]) await tellInstrument(lab, name);
}

/** Which of these workflows run no more. */
export async function goneHolders({ isOpen }: LeaseDeps, holders: readonly string[]): Promise<readonly string[]> {
  const open = await Promise.all(holders.map(isOpen));
  return holders.filter((_, i) => !open[i]);
}

function storedLease({ place, fence, key, holder, campaignId, heldAt }: LeaseEntry): StoredLease {
  return { place, fence, key, holder, campaignId, held: heldAt !== null };
}
