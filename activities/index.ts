import { awaitPerson, cancelAwaited, type Entry, enterResult } from './by-person.js';
import { createCampaignSource } from './campaign-source.js';
import type { DecidePool } from './decide-pool.js';
import { guarded } from './guard.js';
import { isEntered } from './hand-adapter.js';
import {
  goneHolders,
  type LeaseDeps,
  type PlannedStep,
  planLease,
  readInstrument,
  tellResumed,
  writeGrant,
  writeRelease,
} from './lease.js';
import { type PlaceInput, placeTrial } from './place-trial.js';
import type { TrialDeps } from './placed-trial.js';
import { type ProposeInput, propose } from './propose.js';
import { averageDesigns, type RuleInput, ruleTrial } from './rule.js';
import { type Say, sayOf } from './say-of.js';
import { endSteps, planSteps } from './steps.js';
import { type NewAuditEntry, saveAudit } from './store/audit.js';
import { type CampaignMirror, mirrorCampaign } from './store/campaign.js';
import { type NewChange, saveChange } from './store/change.js';
import type { Store } from './store/client.js';
import { reopenTrial, type StepRef, setDeadlines, type TrialRef, withdrawTrials } from './store/trial.js';
import { forgetTuning, type TuningRef } from './store/tuning.js';
import { quarantineTrial, recallTrial, settleTrial, submitTrial, trackTrial } from './trial.js';
import {
  beginTuning,
  failTuning,
  keepTuning,
  recallTuning,
  type TuningDeps,
  trainTuning,
  writeTuning,
} from './tuning.js';

/** What the activities work on; they make nothing of it themselves. */
export interface ActivityDeps {
  readonly store: Store;
  readonly pool: DecidePool;
  readonly instrumentFor: TrialDeps['instrumentFor'];
  readonly home: TrialDeps['home'];
  /** Version of the program; fine-tuned models say by which they were made. */
  readonly program?: string;
  readonly modelHere?: NonNullable<TuningDeps['modelHere']>;
  /** Where absent, workflows that hold leases are taken to run. */
  readonly isOpen?: LeaseDeps['isOpen'];
  readonly tellInstrument?: NonNullable<LeaseDeps['tellInstrument']>;
  readonly latchedBy?: NonNullable<TrialDeps['latchedBy']>;
  readonly remember?: NonNullable<TrialDeps['remember']>;
  readonly callTimeoutMs?: NonNullable<TrialDeps['callTimeoutMs']>;
  readonly rawLimits?: NonNullable<TrialDeps['rawLimits']>;
}

/**
 * All activities. Each may be called again at any time, by any process, and then answers from the store or goes on
 * where the work stands.
 */
export function createActivities(deps: ActivityDeps) {
  const { store } = deps;
  const all = { isOpen: async () => true, ...deps, source: createCampaignSource(store) };
  return {
    /** Decides a round. */
    propose: guarded((input: ProposeInput, signal, { tell, timeoutMs }) =>
      // Before the server gives up and tries again, as a decision that takes so long would take as long again.
      propose(all, input, {
        signal,
        onProgress: tell,
        timeoutMs: timeoutMs === undefined ? undefined : 0.9 * timeoutMs,
      }),
    ),
    /** Starts a trial's job, at most once. */
    submit: guarded((ref: StepRef) => submitTrial(all, ref)),
    /** Follows a job to its end. */
    track: guarded((input: StepRef & { job: string }, signal) => trackTrial(all, input, signal)),
    /** Cancels what runs and stores how the trial ended. */
    settle: guarded((ref: StepRef, signal) => settleTrial(all, ref, signal)),
    /** How a trial ended, null if it has not. */
    recall: guarded((ref: TrialRef) => recallTrial(all, ref)),
    /** Ends a trial that cannot be gone on with. */
    quarantine: guarded((input: StepRef & { code: string; message: string }) => quarantineTrial(all, input)),
    /** Begins a further generation of a trial. */
    reopen: guarded((input: TrialRef & { throughRound: number; uncharged?: boolean }) =>
      reopenTrial(store.query, input),
    ),
    /** Takes proposals back that were never started. */
    withdraw: guarded((ids: readonly string[]) => withdrawTrials(store.query, ids)),
    /** Mirrors the campaign's state, its end included. */
    mirror: guarded(async ({ campaignId, ...mirror }: CampaignMirror & { campaignId: string }) => {
      await mirrorCampaign(store.query, campaignId, mirror);
      if (mirror.phase === 'running' || mirror.phase === 'draining') await tellResumed(all, campaignId);
    }),
    /** Writes a person's ruling on a trial down, and says what follows from it. */
    rule: guarded((input: RuleInput) => ruleTrial(all, input)),
    /** What designs come to, where some were measured again. */
    average: guarded((input: Parameters<typeof averageDesigns>[1]) => averageDesigns(all, input)),
    /** Writes down what a person changed of a campaign that runs. */
    change: guarded((given: NewChange) => store.transaction((query) => saveChange(query, given))),
    /** Notes until when proposals wait for approval. */
    setDeadlines: guarded((untils: Readonly<Record<string, number>>) => setDeadlines(store.query, untils)),
    /** Stores a person's own design as a proposal, with what the surrogates expect of it. */
    place: guarded((input: PlaceInput, signal, { tell }) => placeTrial(all, input, { signal, onProgress: tell })),
    /** Writes down that a person wants a proposal, or does not. */
    sayOf: guarded((said: Say) => sayOf(store, said)),
    /** The steps of a trial, and how far they are; null where it is over. */
    planSteps: guarded((ref: TrialRef) => planSteps(all, ref)),
    /** Stores what the steps of a trial amount to. */
    endSteps: guarded((end: Parameters<typeof endSteps>[1]) => endSteps(all, end)),
    /** On what a trial's job is to run; null where nothing is leased for it. */
    planLease: guarded((step: PlannedStep) => planLease(all, step)),
    /** What store and lab file say of an instrument. */
    readInstrument: guarded((input: Parameters<typeof readInstrument>[1]) => readInstrument(all, input)),
    /** Writes a lease down, once. */
    writeGrant: guarded((input: Parameters<typeof writeGrant>[1]) => writeGrant(all, input)),
    /** Writes down that a slot was given back, or is held. */
    writeRelease: guarded((input: Parameters<typeof writeRelease>[1]) => writeRelease(all, input)),
    /** Which workflows run no more. */
    goneHolders: guarded((holders: readonly string[]) => goneHolders(all, holders)),
    /** Has a trial wait for a person's result. */
    awaitPerson: guarded((ref: TrialRef) => awaitPerson(all, ref)),
    /** Ends a trial that a person is no longer asked for. */
    cancelAwaited: guarded((ref: TrialRef) => cancelAwaited(all, ref)),
    /** Whether the job of a step that a person does has ended. */
    isEntered: guarded((job: string) => isEntered(store, job)),
    /** Stores what a person says that a trial gave. */
    enter: guarded((entry: Entry) => enterResult(all, entry)),
    /** Writes down what an encoder is to learn from. */
    beginTuning: guarded((input: Parameters<typeof beginTuning>[1]) => beginTuning(all, input)),
    /** Trains and judges a version of an encoder. */
    trainTuning: guarded((ref: TuningRef, signal, { tell }) => trainTuning(all, ref, { signal, tell })),
    /** Keeps the version that was made. */
    keepTuning: guarded((ref: TuningRef) => keepTuning(all, ref)),
    /** What came of a fine-tuning, null if it goes on. */
    recallTuning: guarded((ref: TuningRef) => recallTuning(all, ref)),
    /** Ends a fine-tuning of which nothing came. */
    failTuning: guarded((given: Parameters<typeof failTuning>[1]) => failTuning(all, given)),
    /** Lets a fine-tuning be as if it had never begun. */
    forgetTuning: guarded((ref: TuningRef) => forgetTuning(store.query, ref)),
    /** Writes into the record what came of a fine-tuning. */
    writeTuning: guarded((given: Parameters<typeof writeTuning>[1]) => writeTuning(all, given)),
    /** Writes a person's decision down. */
    audit: guarded((entry: NewAuditEntry) => saveAudit(store.query, entry)),
  };
}

/** The activities as workflows see them. */
export type Activities = ReturnType<typeof createActivities>;
