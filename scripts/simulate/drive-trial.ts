import { createHash } from 'node:crypto';
import { abilitiesOf, askDevice, unanswered } from '../../activities/ask-device.js';
import { jobKey } from '../../activities/job-request.js';
import { observe, type Terms } from '../../activities/observe.js';
import type { Adapter, Clock, JobRequest, JobResult } from '../../lab-adapters/contract.js';
import { AdapterError, AthanorError } from '../../models/domain/errors.js';
import type { Observation } from '../../models/domain/trial.js';
import type { TrialCommand, TrialEvent, TrialStep } from '../../workflows/trial-life.js';
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
}

/**
 * Runs one trial to its end by direct calls, as its life commands; nothing is kept of it but what it gave.
 *
 * Never rejects: an adapter that stays out of reach or breaks its contract ends the trial as quarantined, with what
 * went wrong as its cause.
 */
export async function driveTrial(bench: TrialBench, trialId: string, request: JobRequest): Promise<Observation> {
  const trial = new InProcessTrial(bench, trialId, request);
  let at: TrialStep = beginTrial({ patience });
  while (at.command !== null) {
    const event = await trial.carryOut(at.command);
    if (bench.cancelled.aborted) at = stepTrial(at.state, { type: 'cancel' });
    at = stepTrial(at.state, event);
  }
  return trial.observation!;
}

class InProcessTrial {
  observation: Observation | null = null;
  private fence = 0;

  constructor(
    private readonly bench: TrialBench,
    private readonly trialId: string,
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
        if (command.ending.type !== 'result') this.observation = unanswered(this.trialId, command.ending);
        return { type: 'ended' };
      default:
        return this.ask(command);
    }
  }

  private async ask(
    command: Exclude<TrialCommand, { type: 'open' | 'note' | 'keep' | 'wait' | 'rest' | 'record' }>,
  ): Promise<TrialEvent> {
    const { adapter, lane, terms } = this.bench;
    const job = {
      adapter,
      key: jobKey(this.trialId),
      request: this.request,
      fence: async () => ++this.fence,
      call: <T>(_: string, ask: () => Promise<T>) => lane.run(ask),
    };
    try {
      if (command.type !== 'collect') return await askDevice(job, command);
      const result = await lane.run(() => adapter.result(command.job));
      this.observation = observe(this.trialId, terms, command.state, result, hashes(result));
      return { type: 'collected' };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof AdapterError) return { type: 'missed', message };
      return { type: 'broken', code: error instanceof AthanorError ? error.code : 'UNEXPECTED', message };
    }
  }
}

function hashes(result: JobResult): Record<string, string> {
  return Object.fromEntries(
    Object.entries(result.artefacts ?? {}).map(([name, bytes]) => [
      name,
      createHash('sha256').update(bytes).digest('hex'),
    ]),
  );
}
