import { setTimeout as delay } from 'node:timers/promises';
import {
  type Client,
  type WorkflowHandle,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ActivityFailure, defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import type { CampaignSummary } from '../../activities/store/summary.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { Progress } from '../../models/strategy/progress.js';
import { generationOf as slotGeneration, trialWorkflowId } from '../../workflows/loop.js';
import type { CampaignStatus, Decided } from '../../workflows/messages.js';
import { cleanLine } from '../failure-line.js';
import { isPolled } from './polled.js';
import type { Stillness } from './stillness.js';

const answerMs = 3_000;
/** How long a worker may take to confirm what people decide, where nobody says otherwise, milliseconds. */
const usualMs = 15_000;
const trialsAsked = 10;

/** What Temporal says of a campaign. */
export interface Course {
  /** `closed`: ended, by itself or by force. `missing`: unknown to the server. `unreachable`: the server does not answer. */
  readonly workflow: 'running' | 'closed' | 'missing' | 'unreachable';
  /** Whether a worker asks for the work of campaigns; null where nobody can tell. */
  readonly worked: boolean | null;
  /** Work that is being tried again, and why it failed last. */
  readonly retrying: readonly Retrying[];
  /** What the decision under way is doing, as its worker told last; null if none is or nothing was told yet. */
  readonly deciding: Deciding | null;
}

/** A campaign in figures, with what Temporal says of it. */
export interface CampaignReport extends CampaignSummary, Pick<Stillness, 'waits' | 'obstacles'> {
  readonly course: Course;
}

/** A decision under way. */
export interface Deciding extends Progress {
  /** When its worker began with it, milliseconds since 1970. */
  readonly since: number;
}

interface Retrying {
  /** Campaign or trial. */
  readonly id: string;
  readonly activity: string;
  readonly attempt: number;
  readonly message: string;
}

/** What Temporal says of a campaign, whose work is asked for in a queue; never throws for a server that is away. */
export async function courseOf(client: Client, queue: string, summary: CampaignSummary): Promise<Course> {
  try {
    return await client.connection.withDeadline(Date.now() + answerMs, async () => {
      const campaign = await describe(client, summary.id);
      const worked = await isPolled(client, queue, 'workflows');
      if (campaign === null) return { workflow: 'missing', worked, retrying: [], deciding: null };
      // Those that wait for what they cannot begin without are not in flight yet.
      const begun = summary.inFlight.map(({ id, generation }) => trialWorkflowId(id, generation));
      const asked = [...new Set([...begun, ...campaign.children])].slice(0, trialsAsked);
      const trials = await Promise.all(asked.map((id) => describe(client, id)));
      const retrying = [campaign, ...trials].flatMap((found) => found?.retrying ?? []);
      return { workflow: campaign.running ? 'running' : 'closed', worked, retrying, deciding: campaign.deciding };
    });
  } catch {
    return { workflow: 'unreachable', worked: null, retrying: [], deciding: null };
  }
}

interface Description {
  readonly running: boolean;
  /** Workflows that it started and that have not ended. */
  readonly children: readonly string[];
  readonly retrying: readonly Retrying[];
  readonly deciding: Deciding | null;
}

async function describe(client: Client, id: string): Promise<Description | null> {
  try {
    const { status, raw } = await client.workflow.getHandle(id).describe();
    const pending = raw.pendingActivities ?? [];
    const retrying = pending
      .filter((activity) => (activity.attempt ?? 1) > 1)
      .map((activity) => ({
        id,
        activity: activity.activityType?.name ?? '',
        attempt: activity.attempt ?? 1,
        message: activity.lastFailure?.message ?? '',
      }));
    const deciding = pending.map(decidingOf).find((found) => found !== null) ?? null;
    const failing = await failingTask(client, id, raw.pendingWorkflowTask?.attempt ?? 1);
    if (failing !== null) retrying.unshift(failing);
    const children = (raw.pendingChildren ?? []).flatMap(({ workflowId }) => workflowId ?? []);
    return { running: status.name === 'RUNNING', children, retrying, deciding };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Attempts after which a workflow's task is said to fail: the first may end with a worker that does. */
const attemptsInPeace = 2;

/**
 * What a workflow cannot get past: its task fails at every attempt, by a fault of its code or because the worker is of another
 * version. Only the first failure stands in the history.
 */
async function failingTask(client: Client, id: string, attempt: number): Promise<Retrying | null> {
  if (attempt <= attemptsInPeace) return null;
  const { namespace } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace,
    execution: { workflowId: id },
    maximumPageSize: 50,
  });
  for (const event of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes) return null;
    const failure = event.workflowTaskFailedEventAttributes?.failure;
    if (!failure) continue;
    const why = cleanLine(failure.message ?? 'no reason given');
    const message = `its workflow cannot go on, its task fails: ${why}. A worker of another version may mend it; else 'temporal workflow terminate -w ${id}', and run the campaign again, which goes on from what is stored`;
    return { id, activity: 'workflowTask', attempt, message };
  }
  return null;
}

type PendingActivity = NonNullable<Awaited<ReturnType<WorkflowHandle['describe']>>['raw']['pendingActivities']>[number];

const progressSchema = z.object({
  stage: z.enum(['prepare', 'fit', 'acquire']),
  observations: z.number(),
  made: z.number(),
  count: z.number(),
}) satisfies z.ZodType<Progress>;

/** What a pending activity has told with its heartbeats; null if it is no decision, or a worker of another version. */
function decidingOf({ activityType, heartbeatDetails, lastStartedTime }: PendingActivity): Deciding | null {
  const payload = heartbeatDetails?.payloads?.[0];
  if (activityType?.name !== 'propose' || payload === undefined || !lastStartedTime) return null;
  const { success, data } = progressSchema.safeParse(defaultPayloadConverter.fromPayload(payload));
  return success ? { ...data, since: 1000 * Number(lastStartedTime.seconds ?? 0) } : null;
}

/**
 * Sends a person's decision to a campaign and waits until it is in force and written down.
 *
 * @param how - `requestId`: under which it is taken once, however often it is sent, a new one where absent; `confirmMs`: how long a
 *   worker may take
 * @throws {AthanorError} WRONG_STATE if the campaign refuses it or has stopped
 * @throws {UnavailableError} if no worker answers
 */
export async function updateCampaign(
  client: Client,
  summary: CampaignSummary,
  name: string,
  change: Decided,
  { requestId, confirmMs = usualMs }: { readonly requestId?: string; readonly confirmMs?: number | undefined } = {},
): Promise<CampaignStatus> {
  const { id, phase } = summary;
  if (phase === 'stopped')
    throw new AthanorError(
      'WRONG_STATE',
      `campaign '${id}' has stopped (${summary.stop?.text}); it takes no decisions`,
    );
  try {
    return await client.connection.withDeadline(Date.now() + confirmMs, () =>
      client.workflow.getHandle(id).executeUpdate<CampaignStatus, [Decided]>(name, {
        args: [change],
        ...(requestId === undefined ? {} : { updateId: requestId }),
      }),
    );
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new AthanorError('WRONG_STATE', `campaign '${id}': ${rootMessage(error)}`);
    if (error instanceof WorkflowNotFoundError)
      throw new AthanorError('WRONG_STATE', `campaign '${id}' has no running workflow; run it again to repair that`);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new AthanorError(
        'SERVICE_UNAVAILABLE',
        `no worker confirmed this within ${confirmMs / 1000} s, and until then it may be lost: start one (athanor worker), then say it again${requestId === undefined ? '' : '; it counts once'}`,
        { cause: error },
      );
    // The server does not keep a decision for a workflow that cannot take it in.
    const found = await describe(client, id).catch(() => null);
    const failing = found?.retrying.find(({ activity }) => activity === 'workflowTask');
    if (failing !== undefined)
      throw new AthanorError(
        'SERVICE_UNAVAILABLE',
        `campaign '${id}' takes no decisions: ${failing.message} (attempt ${failing.attempt})`,
        { cause: error },
      );
    throw error;
  }
}

/** What a failed update failed for, in its own words: a validator's, or those of the activity that wrote it down. */
function rootMessage({ cause, message }: Error): string {
  if (!(cause instanceof Error)) return message;
  return cause instanceof ActivityFailure ? rootMessage(cause) : cause.message;
}

/**
 * Waits until a campaign's workflow has heard that a trial has ended, which the store knows a moment earlier: until then it
 * would refuse what people decide on the trial. Gives up after a while, and then the workflow itself says what is in the way.
 */
export async function whenHeard(client: Client, campaignId: string, trialId: string, generation: number) {
  const isInFlight = async () => {
    const asked = () => client.workflow.getHandle(campaignId).query<CampaignStatus>('status');
    const { inFlight } = await client.connection.withDeadline(Date.now() + answerMs, asked);
    return inFlight.some((slot) => slot.id === trialId && slotGeneration(slot) === generation);
  };
  for (const end = Date.now() + usualMs; Date.now() < end; await delay(100))
    if (!(await isInFlight().catch(() => false))) return;
}

/**
 * How a campaign stands that was set going again by a person, as its workflow tells.
 *
 * @throws {AthanorError} SERVICE_UNAVAILABLE if no worker tells; what was ordered is in the store, and stays so
 */
export async function statusOnceOrdered(client: Client, id: string, confirmMs = usualMs): Promise<CampaignStatus> {
  try {
    return await client.connection.withDeadline(Date.now() + confirmMs, () =>
      client.workflow.getHandle(id).query<CampaignStatus>('status'),
    );
  } catch (cause) {
    const message = 'no worker confirmed this; the order stands and takes effect when a worker runs: athanor worker';
    throw new AthanorError('SERVICE_UNAVAILABLE', message, { cause });
  }
}
