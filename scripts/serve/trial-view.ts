import type { z } from '@hono/zod-openapi';
import type { WaitingTrial } from '../../activities/store/inbox.js';
import { type TrialRecord, timesRun } from '../../models/domain/record.js';
import type { trialShape, waitingShape } from './shapes.js';

/** A trial as the API tells it. */
export function trialView(trial: TrialRecord): z.infer<typeof trialShape> {
  const { proposal, observation, state, startedAt, endedAt } = trial;
  const { id, round, index, design, rowId, fidelity, estimatedCost, reason } = proposal;
  return {
    ...{ id, round, index, rowId, fidelity, estimatedCost, state, startedAt, endedAt },
    design: { ...design },
    needs: trial.needs ?? null,
    generation: timesRun(trial),
    reason: { kind: reason.kind, text: reason.text, mean: reason.mean, sd: reason.sd },
    outcome: observation?.outcome ?? null,
    values: { ...observation?.values },
    noise: { ...observation?.noise },
    cost: observation?.cost ?? null,
    cause: observation?.cause ?? null,
    artefacts: { ...observation?.artefacts },
    achieved: observation?.achieved === undefined ? null : { ...observation.achieved },
    contexts: { ...observation?.contexts },
    rulings: trial.rulings?.length ?? 0,
  };
}

/** A trial that waits, as the API tells it. */
export function waitingView(trial: WaitingTrial): z.infer<typeof waitingShape> {
  const { reason, instructions = null, step = null, instrument = null, approval, ended: _, ...rest } = trial;
  const { text, mean, sd } = reason;
  const asked = {
    until: approval?.until ?? null,
    otherwise: approval?.otherwise ?? null,
    gates: [...(approval?.why ?? [])],
  };
  return { ...rest, design: { ...rest.design }, reason: { text, mean, sd }, instructions, step, instrument, ...asked };
}
