import type { CampaignRecord, TrialRecord } from '../models/domain/record.js';
import { writeTable } from '../models/table/write-table.js';
import { shownRecord } from './plain-secrets.js';

/**
 * A whole campaign as one JSON text: everything known but what looks like a secret in its settings, and enough to verify and
 * report it anywhere.
 */
export function exportJson(record: CampaignRecord): string {
  return `${JSON.stringify(shownRecord(record), null, 2)}\n`;
}

/**
 * The trials of a campaign as CSV, one row each in the order of their ids: where the trial stands, the design, what was
 * measured and what had been predicted. Numbers in their shortest form that reads back to the same bits; what is not
 * known is empty. A text that a spreadsheet would run as a formula has an apostrophe before it.
 *
 * @param options - `raw`: without that apostrophe
 */
export function exportCsv(record: CampaignRecord, options: { readonly raw?: boolean } = {}): string {
  const { spec, space } = record.campaign;
  const parameters = space.parameters.map((parameter) => parameter.name);
  const objectives = spec.objectives.map((objective) => objective.name);
  const fields = [
    ...['trial', 'round', 'index', 'row', 'fidelity', 'state', 'outcome'],
    ...parameters.map((name) => `design.${name}`),
    ...objectives.flatMap((name) => [`value.${name}`, `noise.${name}`]),
    ...['predicted.mean', 'predicted.sd', 'kind', 'acquisition', 'acquisitionValue', 'estimatedCost', 'cost'],
    ...['durationMs', 'causeClass', 'causeCode', 'causeMessage', 'startedAt', 'endedAt'],
  ];
  const rows = record.trials.map((trial) => [
    ...place(trial),
    ...parameters.map((name) => trial.proposal.design[name]),
    ...objectives.flatMap((name) => [trial.observation?.values[name], trial.observation?.noise[name]]),
    ...rest(trial),
  ]);
  return writeTable(fields, rows, { delimiter: ',', decimal: 'point', ...options });
}

function place({ proposal, state, observation }: TrialRecord) {
  const { id, round, index, rowId, fidelity } = proposal;
  return [id, round, index, rowId, fidelity, state, observation?.outcome];
}

function rest({ proposal, observation, startedAt, endedAt }: TrialRecord) {
  const { reason, estimatedCost } = proposal;
  return [
    ...[reason.mean, reason.sd, reason.kind, reason.acquisition, reason.value, estimatedCost, observation?.cost],
    ...[observation?.durationMs, observation?.cause?.class, observation?.cause?.code, observation?.cause?.message],
    ...[timeText(startedAt), timeText(endedAt)],
  ];
}

function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
