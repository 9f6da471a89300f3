import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import { homeQueue, instrumentQueue, modelQueue } from './queues.js';

/** An instrument that only workers which were told to drive. */
export interface Apart {
  readonly lab: string;
  readonly instrument: string;
}

/** Trouble that passes is waited out, however long it lasts; failures that would come again are marked by the activity. */
const retry = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' } as const;

/** Tries in the worker that has the workflow: while they last the workflow's task is kept open, which is written down again and again. */
const nearTries = 3;

/** Local activities under way. */
let near = 0;

/** Whether no local activity is under way in the workflow. */
export function isQuiet(): boolean {
  return near === 0;
}

/** A worker that died is noticed after this long. */
const heartbeatTimeout = '10s';

/**
 * The activities, with their timeouts, retries and queues: the one place for these.
 *
 * To be called inside a workflow, as the queues derive from its own.
 *
 * @param home - where a trial's job lies, if only workers of that home can ask for it
 * @param apart - the instrument on which it is to run, if not all workers drive it
 */
export function activities(home: string | null = null, apart: Apart | null = null): Activities {
  const { taskQueue } = workflowInfo();
  const place =
    home !== null
      ? { taskQueue: homeQueue(taskQueue, home) }
      : apart !== null
        ? { taskQueue: instrumentQueue(taskQueue, apart.lab, apart.instrument) }
        : {};
  // Short reads and writes of the store.
  const store = proxyActivities<Activities>({ startToCloseTimeout: '2m', heartbeatTimeout, retry });
  // The longest decision, waiting for a thread included: the activity gives up a little earlier, and for good.
  const model = proxyActivities<Activities>({
    taskQueue: modelQueue(taskQueue),
    startToCloseTimeout: '2h',
    heartbeatTimeout,
    retry,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  // The call that starts a job must be heard out: whether there is one has to be known.
  const start = proxyActivities<Activities>({
    ...place,
    startToCloseTimeout: '10m',
    heartbeatTimeout,
    retry,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  // As long as the longest experiment. The tracking of a trial that is given up ends at once, and `settle` takes over.
  const device = proxyActivities<Activities>({
    ...place,
    startToCloseTimeout: '60d',
    heartbeatTimeout,
    retry,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  // As long as training takes. One that is given up leaves its state behind.
  const training = proxyActivities<Activities>({
    taskQueue: modelQueue(taskQueue),
    startToCloseTimeout: '60d',
    heartbeatTimeout,
    retry,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const near = nearBy(store);
  return {
    propose: model.propose,
    place: model.place,
    submit: start.submit,
    track: device.track,
    settle: device.settle,
    recall: near.recall,
    reopen: store.reopen,
    quarantine: store.quarantine,
    withdraw: store.withdraw,
    mirror: store.mirror,
    rule: store.rule,
    average: store.average,
    change: store.change,
    setDeadlines: store.setDeadlines,
    sayOf: store.sayOf,
    audit: store.audit,
    awaitPerson: store.awaitPerson,
    cancelAwaited: store.cancelAwaited,
    isEntered: near.isEntered,
    enter: store.enter,
    planSteps: near.planSteps,
    endSteps: store.endSteps,
    planLease: near.planLease,
    readInstrument: store.readInstrument,
    writeGrant: near.writeGrant,
    writeRelease: near.writeRelease,
    goneHolders: store.goneHolders,
    beginTuning: model.beginTuning,
    trainTuning: training.trainTuning,
    keepTuning: model.keepTuning,
    recallTuning: store.recallTuning,
    failTuning: store.failTuning,
    forgetTuning: store.forgetTuning,
    writeTuning: store.writeTuning,
  };
}

/**
 * Activities of one statement, as local ones where a workflow began before `nothing-nearby`. Nothing is called locally since: an answer
 * to a query that comes between the end of a local activity and the telling of it is sent together with the marker of that end (SDK
 * 1.24), so that replay tells of it before events which had come first, and finds other commands than were written down.
 */
function nearBy(store: Activities): Activities {
  const local = proxyLocalActivities<Activities>({
    startToCloseTimeout: '1m',
    retry: { ...retry, maximumAttempts: nearTries },
  });
  type Work = (input: never) => Promise<unknown>;
  const tried =
    (name: keyof Activities): Work =>
    async (input) => {
      if (patched('nothing-nearby')) return (store[name] as Work)(input);
      near += 1;
      try {
        return await (local[name] as Work)(input).finally(() => {
          near -= 1;
        });
      } catch (error) {
        if (!isPassing(error)) throw error;
        return (store[name] as Work)(input);
      }
    };
  return new Proxy(local, { get: (_, name) => tried(name as keyof Activities) });
}

function isPassing(error: unknown): boolean {
  if (isCancellation(error)) return false;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof TimeoutFailure || (cause instanceof ApplicationFailure && cause.nonRetryable !== true);
}
