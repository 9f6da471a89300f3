import type { Cause } from '../models/domain/trial.js';
import type {
  LifeState,
  TrialCommand,
  TrialEnding,
  TrialEvent,
  TrialLine,
  TrialStage,
  TrialStep,
} from './trial-life.js';

/** Milliseconds of rest after the first call that did not reach the device; doubled with each further one. */
const firstRestMs = 1_000;
const longestRestMs = 16_000;
/** Errors of unknown kind in a row after which they are taken for a bug, which trying again does not cure. */
const mostOddities = 5;

/** Stages in which the device has for certain begun nothing. */
const unbegun: ReadonlySet<TrialStage> = new Set(['checking', 'noting', 'calling']);

/** The device has answered. */
const reached = { misses: 0, oddities: 0 } as const;

/** The stages in which an event can come; others come at any time. */
const expected: { readonly [type in TrialEvent['type']]?: readonly TrialStage[] } = {
  opened: ['opening'],
  elsewhere: ['opening', 'noting', 'tracking'],
  checked: ['checking'],
  noted: ['noting'],
  accepted: ['calling'],
  found: ['finding'],
  kept: ['placing'],
  placed: ['opening'],
  running: ['tracking'],
  over: ['tracking'],
  cancelAsked: ['tracking'],
  collected: ['collecting'],
};

/** A trial of which nothing is known yet. */
export function beginTrial(given: { readonly cancelled?: boolean; readonly patience?: number | null } = {}): TrialStep {
  const { cancelled = false, patience = null } = given;
  const none = { abilities: null, adopt: null, job: null, jobState: null, ending: null, home: null, waitMs: null };
  return asked({ stage: 'opening', cancelled, cancelAsked: false, misses: 0, oddities: 0, patience, ...none });
}

/**
 * What is done next with a trial: pure, so that all hosts do the same. Between two calls that begin a job lies the device's
 * word that it knows of none; where it cannot give it, a person judges. A trial is `cancelled` only if the device said so,
 * or was never called. An event that does not fit the stage changes nothing.
 */
export function stepTrial(state: LifeState, event: TrialEvent): TrialStep {
  const unheard = state.stage === 'ended' || expected[event.type]?.includes(state.stage) === false;
  if (unheard) return { state, command: null };
  // The host is at something, which is answered first; and whoever is at hand is asked first how the job stands.
  if (event.type === 'cancel')
    return { state: state.cancelled ? state : { ...state, cancelled: true, home: null }, command: null };
  const next = applied(state, event);
  return asked(next.cancelled && isUnbegun(next) ? ending(next, { type: 'cancelled' }) : next);
}

function applied(state: LifeState, event: Exclude<TrialEvent, { type: 'cancel' }>): LifeState {
  switch (event.type) {
    case 'opened':
      return withLine({ ...state, abilities: event.abilities }, event.line, event.adopt ?? null);
    case 'elsewhere':
      if (state.home === null) return { ...state, home: event.home };
      return quarantined(state, 'unknown', 'HOME', `home ${state.home} sends on to home ${event.home}`);
    case 'checked':
      if (event.faults.length > 0) return ending(state, { type: 'refused', faults: event.faults });
      return { ...state, stage: 'noting' };
    case 'noted':
      return event.fresh
        ? begun({ ...state, stage: 'calling', home: event.line.home })
        : withLine(state, event.line, null);
    case 'accepted':
      return { ...state, stage: 'placing', job: event.job, ...reached };
    case 'found':
      if (event.job === null) return { ...state, stage: 'calling' };
      return { ...state, stage: 'placing', job: event.job, ...reached };
    case 'kept':
      return { ...state, stage: 'tracking' };
    case 'placed':
      return { ...state, stage: 'tracking', job: event.job, home: event.home };
    case 'running':
      return { ...state, waitMs: event.waitMs, ...reached };
    case 'over':
      return { ...state, stage: 'collecting', jobState: event.state, ...reached };
    case 'cancelAsked':
      return { ...state, cancelAsked: true, waitMs: null, ...reached };
    case 'waited':
      return { ...state, waitMs: null };
    case 'collected':
      return ending(state, { type: 'result', state: state.jobState! });
    case 'ended':
      return { ...state, stage: 'ended' };
    case 'missed':
      return missed(state, event);
    case 'broken':
      return quarantined(state, 'unknown', event.code, event.message);
    case 'givenUp':
      return quarantined(
        state,
        'unknown',
        'givenUp',
        `given up by ${event.who}: the home in which its job lies is away`,
      );
  }
}

/** How to go on with what the ledger has. What a device has already begun needs no check whether it can be. */
function withLine(state: LifeState, line: TrialLine | null, wanted: string | null): LifeState {
  const adopt = line?.adopt ?? wanted;
  if (line?.job == null && adopt !== null) {
    const adopting: LifeState = { ...state, adopt };
    // Written down first, also where it cannot be taken over: the ledger then has that it runs, and where.
    return line === null ? { ...adopting, stage: 'noting' } : begun({ ...adopting, stage: 'calling', home: line.home });
  }
  if (line === null) return { ...state, stage: 'checking' };
  const { job, home } = line;
  if (job !== null) return { ...state, stage: 'tracking', job, home };
  const finding: LifeState = { ...state, stage: 'finding', home };
  return state.abilities!.lookup ? finding : ambiguous(finding, '');
}

/** What is called next, unless it is a job that a person says runs, and the adapter cannot take that over. */
function begun(state: LifeState): LifeState {
  const { adopt, abilities } = state;
  if (adopt === null || abilities!.adopt === true) return state;
  return quarantined(state, 'unknown', 'cannotAdopt', cannotAdopt(adopt));
}

/** The device was not reached. Where it was asked to begin the job, it may have heard that. */
function missed(before: LifeState, { message, odd }: TrialEvent & { type: 'missed' }): LifeState {
  const isSubmit = before.stage === 'calling' && before.adopt === null;
  const state: LifeState = isSubmit ? { ...before, stage: 'finding' } : before;
  if (isSubmit && !state.abilities!.lookup) return ambiguous(state, ` (${message})`);
  const misses = state.misses + 1;
  const oddities = odd === true ? state.oddities + 1 : 0;
  if (oddities >= mostOddities) return quarantined(state, 'unknown', 'UNEXPECTED', message);
  if (state.patience !== null && misses >= state.patience) return quarantined(state, 'device', 'unreachable', message);
  return { ...state, misses, oddities, waitMs: Math.min(longestRestMs, firstRestMs * 2 ** (misses - 1)) };
}

function ambiguous(state: LifeState, why: string): LifeState {
  const message = `the device was called, its answer was lost${why}, and the adapter cannot look the job up: it may have run or not`;
  return quarantined(state, 'unknown', 'ambiguous', message);
}

function quarantined(state: LifeState, blamed: Cause['class'], code: string, message: string): LifeState {
  const cause = { class: blamed, code, message };
  return ending(state, { type: 'quarantined', cause, ...(isUnbegun(state) ? { unbegun: true } : {}) });
}

/** Whether the device has for certain begun nothing, as far as this process knows. */
function isUnbegun({ stage, adopt }: LifeState): boolean {
  return unbegun.has(stage) && adopt === null;
}

function cannotAdopt(job: string): string {
  return (
    `the adapter cannot take over job '${job}', which the device has by that name: wait for its end and say what it gave ` +
    "by 'athanor rule TRIAL --amend NAME=VALUE', or that it failed, or never ran"
  );
}

function ending(state: LifeState, how: TrialEnding): LifeState {
  return { ...state, stage: 'recording', ending: how, waitMs: null };
}

function asked(state: LifeState): TrialStep {
  return { state, command: commandOf(state) };
}

/** What the host is to do: a function of the state alone, so that a trial goes on from what is known of it. */
function commandOf(state: LifeState): TrialCommand | null {
  const { stage, job, waitMs } = state;
  const canCancel = (state.abilities?.cancel ?? true) && !state.cancelAsked;
  if (waitMs !== null && state.misses > 0) return { type: 'rest', ms: waitMs };
  if (stage === 'tracking' && state.cancelled && canCancel) return { type: 'cancel', job: job! };
  if (waitMs !== null) return { type: 'wait', ms: waitMs, heedsCancel: canCancel };
  switch (stage) {
    case 'opening':
      return { type: 'open' };
    case 'checking':
      return { type: 'validate' };
    case 'noting':
      return { type: 'note' };
    case 'calling':
      return state.adopt === null ? { type: 'submit' } : { type: 'adopt', handle: state.adopt };
    case 'finding':
      return { type: 'find' };
    case 'placing':
      return { type: 'keep', job: job! };
    case 'tracking':
      return { type: 'look', job: job! };
    case 'collecting':
      return { type: 'collect', job: job!, state: state.jobState! };
    case 'recording':
      return { type: 'record', ending: state.ending!, ledger: ledgerOf(state.ending!) };
    case 'ended':
      return null;
  }
}

function ledgerOf(how: TrialEnding): 'ended' | 'unknown' {
  if (how.type === 'result') return how.state === 'unknown' ? 'unknown' : 'ended';
  return how.type === 'quarantined' ? 'unknown' : 'ended';
}
