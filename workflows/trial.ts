import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setHandler,
} from '@temporalio/workflow';
import type { TrialEnd } from '../activities/trial.js';
import { giveUp, trialEnded } from './messages.js';
import { heeding, readGiveUp } from './payloads.js';
import { activities } from './proxies.js';

/** What a trial workflow is started with. */
export interface TrialInput {
  readonly trialId: string;
  readonly campaignId: string;
  /** Which time it is run, from 1. */
  readonly generation: number;
}

/**
 * One trial: submit, track to the end, store, and tell the campaign. Cancelled, it settles the job first, so that
 * `cancelled` means that the device said so. Where the job lies in another home, it waits for a worker of that home, until
 * a person gives the home up. It ends well whatever becomes of the trial, and outlives the campaign's run that started it.
 */
export async function trialWorkflow(input: TrialInput): Promise<TrialEnd> {
  const { trialId, generation, campaignId } = input;
  const { quarantine } = activities();
  let word: string | null = null;
  const given = new Promise<void>((resolve) => {
    const heed = ({ who }: { readonly who: string }) => {
      word = `given up by ${who}: the home in which its job lies is away`;
      resolve();
    };
    setHandler(giveUp, heeding('giveUp', readGiveUp, heed));
  });
  const quarantined = (reason: { code: string; message: string }) =>
    CancellationScope.nonCancellable(() => quarantine({ trialId, generation, ...reason }));
  const orQuarantine = async (work: Promise<TrialEnd>): Promise<TrialEnd> => {
    try {
      return await work;
    } catch (error) {
      if (word !== null) return quarantined({ code: 'givenUp', message: word });
      if (isCancellation(error)) throw error;
      return quarantined(reasonOf(error));
    }
  };
  let end: TrialEnd;
  try {
    end = await orQuarantine(within(given, () => run(input)));
  } catch {
    end = await CancellationScope.nonCancellable(() => orQuarantine(within(given, () => settle(input))));
  }
  await CancellationScope.nonCancellable(() => tell(campaignId, end));
  return end;
}

/** Runs the work in a scope that ends with the one around it, and also once a person has given the trial up. */
function within<T>(given: Promise<void>, work: () => Promise<T>): Promise<T> {
  return CancellationScope.cancellable(() => {
    const scope = CancellationScope.current();
    void given.then(() => scope.cancel());
    return work();
  });
}

async function run({ trialId, generation }: TrialInput): Promise<TrialEnd> {
  const ref = { trialId, generation };
  let submitted = await activities().submit(ref);
  // The job was submitted from another home, or may have been: only there it is known.
  if ('elsewhere' in submitted) submitted = await activities(submitted.elsewhere).submit(ref);
  if ('elsewhere' in submitted) throw ApplicationFailure.nonRetryable(`home ${submitted.elsewhere} sends on`, 'HOME');
  if ('end' in submitted) return submitted.end;
  const { job, home } = submitted;
  return activities(home).track({ ...ref, job });
}

async function settle({ trialId, generation }: TrialInput): Promise<TrialEnd> {
  const ref = { trialId, generation };
  let settled = await activities().settle(ref);
  if ('elsewhere' in settled) settled = await activities(settled.elsewhere).settle(ref);
  if ('elsewhere' in settled) throw ApplicationFailure.nonRetryable(`home ${settled.elsewhere} sends on`, 'HOME');
  return settled;
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
