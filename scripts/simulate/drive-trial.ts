import { createHash } from 'node:crypto';
import {
  abilitiesOf,
  answered,
  askDevice,
  type DeviceCommand,
  type Fetched,
  failedCall,
  unanswered,
} from '../../activities/ask-device.js';
import { call, callTimeoutMs, silence } from '../../activities/device-call.js';
import { jobKey } from '../../activities/job-request.js';
import { keepRaw } from '../../activities/keep-raw.js';
import type { Adapter, Caller, Clock, JobRequest, JobResult } from '../../lab-adapters/contract.js';
import type { Terms } from '../../models/domain/observe.js';
import type { Observation } from '../../models/domain/trial.js';
import type { TrialCommand, TrialEnding, TrialEvent, TrialStep } from '../../workflows/trial-life.js';
import { beginTrial, stepTrial } from '../../workflows/trial-state.js';
import type { Lane } from './lane.js';

/** Calls in a row that may miss the device: nobody is there to switch it on again. */
const patience = 6;

/** What a trial is run with. */
export interface TrialBench {
  readonly adapter: Adapter;
  readonly lane: Lane;
  readonly clock: Clock;
  /** Aborted when a person cancels the trial. */
  readonly cancelled: AbortSignal;
  readonly terms: Terms;
  /** What its instrument gave, as far as it is told of the trial; all of it where absent. */
  readonly given?: (result: JobResult) => Promise<JobResult>;
  /** What a job is charged that may have run where nobody can tell; 0 where absent. */
  readonly estimatedCost?: number;
  /** Who makes the next call, where it has leased a slot. */
  readonly caller?: () => Caller;
  /** Silence after which a call counts as failed, milliseconds; that of the durable host where absent. */
  readonly callTimeoutMs?: number;
}

/** What became of a job. */
export interface DrivenJob {
  readonly observation: Observation;
  /** The device's name of the job, null where none began. */
  readonly job: string | null;
  readonly ending: TrialEnding;
}

/**
 * Runs one trial to its end by direct calls, as its life commands; nothing is kept of it but what it gave.
 *
 * Never rejects: an adapter that stays out of reach or breaks its contract ends the trial as quarantined, with what
 * went wrong as its cause.
 */
export async function driveTrial(bench: TrialBench, trialId: string, request: JobRequest): Promise<Observation> {
  return (await driveJob(bench, { trialId, key: jobKey(trialId) }, request)).observation;
}

/** The same for the job of one step. */
export async function driveJob(bench: TrialBench, name: JobPlace, request: JobRequest): Promise<DrivenJob> {
  const trial = new InProcessTrial(bench, name, request);
  let at: TrialStep = beginTrial({ patience });
  while (at.command !== null) {
    const event = await trial.carryOut(at.command);
    if (bench.cancelled.aborted) at = stepTrial(at.state, { type: 'cancel' });
    at = stepTrial(at.state, event);
  }
  return { observation: trial.observation!, job: at.state.job, ending: at.state.ending! };
}

/** Whose job it is, and its key. */
interface JobPlace {
  readonly trialId: string;
  readonly key: string;
}

class InProcessTrial {
  observation: Observation | null = null;
  private fence = 0;

  constructor(
    private readonly bench: TrialBench,
    private readonly name: JobPlace,
    private readonly request: JobRequest,
  ) {}

  async carryOut(command: TrialCommand): Promise<TrialEvent> {
    const { adapter, clock, cancelled } = this.bench;
    switch (command.type) {
      case 'open':
        return { type: 'opened', line: null, abilities: abilitiesOf(adapter) };
      case 'note':
        return { type: 'noted', fresh: true, line: { job: null, home: null } };
      case 'keep':
        return { type: 'kept' };
      case 'wait':
        await clock.sleep(command.ms, command.heedsCancel ? cancelled : undefined).catch((error: unknown) => {
          if (!cancelled.aborted) throw error;
        });
        return { type: 'waited' };
      case 'rest':
        await clock.sleep(command.ms);
        return { type: 'waited' };
      case 'record':
        if (command.ending.type !== 'result') this.observation = this.withoutAnswer(command.ending);
        return { type: 'ended' };
      default:
        return this.ask(command);
    }
  }

  private withoutAnswer(ending: Exclude<TrialEnding, { type: 'result' }>): Observation {
    const mayHaveRun = ending.type === 'quarantined' && ending.unbegun !== true;
    return unanswered(this.name.trialId, ending, mayHaveRun ? (this.bench.estimatedCost ?? 0) : 0);
  }

  private async ask(command: DeviceCommand): Promise<TrialEvent> {
    const event = await askDevice(
      {
        adapter: this.bench.adapter,
        key: this.name.key,
        request: this.request,
        caller: this.bench.caller?.() ?? { fence: ++this.fence },
        call: (verb, ask) => this.call(verb, ask),
      },
      command,
    );
    return event.type === 'fetched' ? this.keep(event) : event;
  }

  private async keep(fetched: Fetched): Promise<TrialEvent> {
    const { terms, lane, given } = this.bench;
    const isAny = Object.keys(fetched.result.artefacts ?? {}).length > 0;
    const reading = isAny ? () => lane.run(() => keepRaw(fetched.result, { save: hashed })) : undefined;
    try {
      const told = fetched.result.achieved !== undefined && given !== undefined;
      const result = told ? await lane.run(() => given(fetched.result)) : fetched.result;
      this.observation = answered(this.name.trialId, terms, { ...fetched, result }, await reading?.());
    } catch (error) {
      return failedCall(error);
    }
    return { type: 'collected' };
  }

  /** An answer that comes too late by the clock of the campaign is lost, like one that never comes. */
  private call<T>(verb: string, ask: () => Promise<T>): Promise<T> {
    const { lane, clock, callTimeoutMs: timeoutMs = callTimeoutMs } = this.bench;
    return lane.run(async () => {
      const begun = clock.now();
      const answer = await call(verb, ask(), timeoutMs);
      if (clock.now() - begun > timeoutMs) throw silence(verb, timeoutMs);
      return answer;
    });
  }
}

/** Nothing is kept here but what it would be known by. */
async function hashed(open: () => AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const piece of open()) {
    hash.update(piece);
    size += piece.length;
  }
  return { sha256: hash.digest('hex'), size };
}
