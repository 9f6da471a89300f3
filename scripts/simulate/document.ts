import type { Campaign } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { primaryObjective } from '../../models/domain/standing.js';
import { startWords } from '../campaign-file/start.js';
import { compare } from '../compare/compare.js';
import { comparisonDocument } from '../compare/document.js';
import { bestOf, costByFidelity, targetName, totalCost, traceOf } from '../outcome.js';
import { passedOver } from '../passed-over.js';
import { failureLines } from '../progress.js';
import { tradeOffsOf } from '../trade-offs.js';
import { strategyLabel } from './strategies.js';

/** What `athanor simulate --json` writes: one campaign, run once for each seed. */
export function simulationDocument(campaign: Campaign, records: readonly CampaignRecord[]) {
  const { spec } = campaign;
  const { name, direction, unit } = primaryObjective(spec);
  const start = startWords(spec, campaign.space);
  return {
    campaign: campaign.id,
    objective: { name, direction, unit: unit ?? null },
    /** All of them; absent with one. */
    ...(spec.objectives.length === 1 ? {} : { objectives: spec.objectives }),
    fidelities: spec.fidelities.map((fidelity) => ({ name: fidelity.name, cost: fidelity.cost })),
    target: targetName(spec),
    budget: spec.budget,
    /** What the first trials are together; absent where the file lays out none. */
    ...(start === null ? {} : { start }),
    seeds: records.map(seedEntry),
    /** How strategies compare; absent with one. */
    ...(several(records) ? { comparison: comparisonDocument(compare(records)) } : {}),
  };
}

function several(records: readonly CampaignRecord[]): boolean {
  return new Set(records.map(({ campaign }) => strategyLabel(campaign.spec))).size > 1;
}

/** What `athanor simulate --json` prints. */
export type SimulationDocument = ReturnType<typeof simulationDocument>;

function seedEntry(record: CampaignRecord) {
  const { spec } = record.campaign;
  const trace = traceOf(record);
  const tradeOffs = tradeOffsOf(
    spec,
    trace.map(({ trial }) => trial),
  );
  const passed = passedOver(spec, record.trials);
  const outcomes: Record<string, number> = {};
  for (const { trial } of trace) {
    const { outcome } = trial.observation!;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  return {
    strategy: strategyLabel(spec),
    seed: spec.seed,
    trials: trace.map(({ trial: { proposal, observation }, cumulativeCost, best }) => ({
      id: proposal.id,
      round: proposal.round,
      rowId: proposal.rowId,
      design: proposal.design,
      fidelity: proposal.fidelity,
      kind: proposal.reason.kind,
      outcome: observation!.outcome,
      values: observation!.values,
      cost: observation!.cost,
      cumulativeCost,
      cause: observation!.cause,
      best,
    })),
    best: bestOf(spec, record.trials),
    /** What would be the best, or of the front, did it count, and why it does not; absent where there is none. */
    ...(passed.length === 0 ? {} : { passedOver: passed }),
    /** The trials that none is better than, and what they cover after each trial; absent with one objective. */
    ...(tradeOffs === null ? {} : { tradeOffs }),
    total: {
      trials: trace.length,
      cost: totalCost(record),
      byFidelity: costByFidelity(record),
      outcomes,
    },
    /** Why trials failed, newest first; one line for each reason. */
    failures: failureLines(record.trials),
    stop: record.stop,
  };
}
