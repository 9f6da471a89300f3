import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Campaign } from '../models/domain/campaign.js';
import type { TrialRecord } from '../models/domain/record.js';
import { revivedSpace, type Space } from '../models/domain/space.js';
import { callRuntimeBy } from '../models/onnx/runtime.js';
import { decide } from '../models/strategy/decide.js';
import type { DecideRequest, Decision } from '../models/strategy/decision.js';
import { extensionsOf, grownSpace } from '../models/strategy/growth.js';
import type { Progress } from '../models/strategy/progress.js';
import type { ThreadMessage, ThreadRequest } from './decide-feed.js';
import {
  isOutOfMemory,
  type MemoryLimits,
  outOfMemory,
  refuseIfOutgrown,
  refuseIfTooLarge,
} from './decision-memory.js';
import { useEncodingFolder } from './encoding-cache.js';
import { parseSpace } from './store/campaign.js';
import { ThreadArtefacts } from './thread-artefacts.js';
import { asThreadError, type ThreadError } from './thread-error.js';
import { callThrough, type ThreadGate } from './thread-gate.js';

/** What the thread answers to each request, in the order of the requests; before it any number of `progress` and questions. */
export type ThreadAnswer =
  | { readonly progress: Progress }
  /** The artefact of this sha256 is wanted. */
  | { readonly wanted: string }
  | { readonly decision: Decision }
  | { readonly error: ThreadError };

/** What the thread is started with. */
export interface ThreadData {
  /** By which this file knows, too, that it was started as a decision thread and not merely imported. */
  readonly gate: ThreadGate;
  readonly limits: MemoryLimits | null;
  /** Folder for encodings of molecules, see `useEncodingFolder`. */
  readonly encodings: string | null;
}

/** What the thread has been told, by the keys of the pool. */
class Knowledge {
  private readonly spaces = new Map<number, Space>();
  private readonly campaigns = new Map<number, { campaign: Campaign; trials: Map<string, TrialRecord> }>();

  readonly artefacts: ThreadArtefacts;

  constructor(want: (sha256: string) => void) {
    this.artefacts = new ThreadArtefacts(want);
  }

  learn(message: Exclude<ThreadMessage, ThreadRequest>): void {
    switch (message.type) {
      case 'forget':
        for (const key of message.campaigns) this.campaigns.delete(key);
        for (const key of message.spaces) this.spaces.delete(key);
        break;
      case 'space':
        this.spaces.set(
          message.space,
          message.given instanceof Uint8Array ? parseSpace(message.given) : revivedSpace(message.given),
        );
        break;
      case 'campaign': {
        const { id, spec } = message;
        const campaign = { id, spec, space: this.spaces.get(message.space)! };
        this.campaigns.set(message.campaign, { campaign, trials: new Map() });
        break;
      }
      case 'trials': {
        const { trials } = this.campaigns.get(message.campaign)!;
        for (const trial of message.trials) trials.set(trial.proposal.id, trial);
        break;
      }
      case 'artefact':
        this.artefacts.take(message);
    }
  }

  /** The request with everything it speaks of. */
  complete({ type: _, campaign: key, trialIds, ...asked }: ThreadRequest) {
    const { campaign, trials } = this.campaigns.get(key)!;
    const { source: artefacts } = this.artefacts;
    return { ...asked, campaign, trials: trialIds.map((id) => trials.get(id)!), artefacts };
  }
}

/** Rows that the pool of a request has beyond those of the campaign. */
async function appendedRows({ campaign, trials, extend = [], artefacts }: DecideRequest): Promise<number> {
  const extensions = [...extensionsOf(trials), ...extend];
  if (extensions.length === 0) return 0;
  const grown = await grownSpace(campaign.space, extensions, artefacts!);
  return grown.pool!.ids.length - campaign.space.pool!.ids.length;
}

function serve(port: MessagePort, limits: MemoryLimits | null): void {
  const answer = (given: ThreadAnswer) => port.postMessage(given);
  const knowledge = new Knowledge((wanted) => answer({ wanted }));
  const onProgress = (progress: Progress) => {
    if (limits !== null) refuseIfOutgrown(process.memoryUsage(), limits);
    answer({ progress });
  };
  port.on('message', async (message: ThreadMessage) => {
    // What cannot be taken in ends the thread, as it would not know what the pool believes it to know.
    if (message.type !== 'decide') return knowledge.learn(message);
    try {
      const request = knowledge.complete(message);
      if (limits !== null) refuseIfTooLarge(request, limits, await appendedRows(request));
      answer({ decision: await decide(request, { onProgress }) });
    } catch (thrown) {
      answer({ error: asThreadError(isOutOfMemory(thrown) ? outOfMemory((thrown as Error).message) : thrown) });
    }
  });
}

const data = workerData as Partial<ThreadData> | null;
if (parentPort !== null && data?.gate !== undefined) {
  const { gate, limits, encodings } = data as ThreadData;
  useEncodingFolder(encodings);
  callRuntimeBy((call) => callThrough(gate, call));
  serve(parentPort, limits);
}
