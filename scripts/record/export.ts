import { placeRun } from '../../models/domain/achieved.js';
import { type CampaignRecord, spentOn, type TrialRecord } from '../../models/domain/record.js';
import { outcomeNames } from '../../models/domain/standing.js';
import { writeTable } from '../../models/table/write-table.js';
import { shownRecord } from '../plain-secrets.js';
import { strategyLabel } from '../simulate/strategies.js';
import { tradeOffsOf } from '../trade-offs.js';

/**
 * A whole campaign as one JSON text: everything known but what looks like a secret in its settings, and enough to verify and
 * report it anywhere.
 */
export function exportJson(record: CampaignRecord): string {
  return `${JSON.stringify(shownRecord(record), null, 2)}\n`;
}

/** A record in which large artefacts are named by their size, and those. */
export interface PartedRecord {
  readonly text: string;
  /** By sha256. */
  readonly apart: ReadonlyMap<string, Uint8Array>;
}

/** As `exportJson`, but artefacts of more than `limit` bytes are apart, so that the text stays one that can be read. */
export function exportParted({ artefacts, ...record }: CampaignRecord, limit = 2 ** 20): PartedRecord {
  const apart = new Map<string, Uint8Array>();
  const told = Object.entries(artefacts ?? {}).map(([sha, text]) => {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length <= limit) return [sha, text] as const;
    apart.set(sha, bytes);
    return [sha, { size: bytes.length }] as const;
  });
  const shown = { ...shownRecord(record), ...(artefacts === undefined ? {} : { artefacts: Object.fromEntries(told) }) };
  return { text: `${JSON.stringify(shown, null, 2)}\n`, apart };
}

/**
 * The trials of a campaign as CSV, one row each in the order of their ids: where the trial stands, the design, what was
 * measured and what had been predicted; where another design was achieved it is that one, and the one proposed beside it. Numbers in their shortest form that reads back to the same bits; what is not
 * known is empty. A text that a spreadsheet would run as a formula has an apostrophe before it.
 *
 * @param options - `raw`: without that apostrophe
 */
export function exportCsv(record: CampaignRecord, options: { readonly raw?: boolean } = {}): string {
  return tableOf([record], [], options);
}

/**
 * The trials of several campaigns in one table, each row with its campaign, strategy and seed before it; what one campaign
 * does not have is empty. `suggest` and `transfer` read it as they read that of one.
 */
export function exportTable(records: readonly CampaignRecord[], options: { readonly raw?: boolean } = {}): string {
  return tableOf(records, ['campaign', 'strategy', 'seed'], options);
}

function tableOf(records: readonly CampaignRecord[], heads: readonly string[], options: { readonly raw?: boolean }) {
  const names = (of: (record: CampaignRecord) => readonly { readonly name: string }[]) => [
    ...new Set(records.flatMap((record) => of(record).map(({ name }) => name))),
  ];
  const parameters = names(({ campaign }) => campaign.space.parameters);
  const outcomes = [...new Set(records.flatMap(({ campaign }) => outcomeNames(campaign.spec)))];
  const fields = [
    ...heads,
    ...['trial', 'round', 'index', 'row', 'fidelity', 'state', 'outcome'],
    ...parameters.map((name) => `design.${name}`),
    ...outcomes.flatMap((name) => [`value.${name}`, `noise.${name}`]),
    ...['predicted.mean', 'predicted.sd', 'kind', 'acquisition', 'acquisitionValue', 'estimatedCost', 'cost'],
    ...['durationMs', 'causeClass', 'causeCode', 'causeMessage', 'startedAt', 'endedAt'],
  ];
  // Only where there are any, so that tables stay as they were.
  const proposed = parameters.filter((name) =>
    records.some(({ trials }) => trials.some(({ observation }) => observation?.achieved?.[name] !== undefined)),
  );
  fields.push(...proposed.map((name) => `proposed.${name}`));
  const contexts = [
    ...new Set(
      records.flatMap(({ trials }) => trials.flatMap(({ observation }) => Object.keys(observation?.contexts ?? {}))),
    ),
  ];
  // Only where there are several objectives.
  const isTold = records.some(({ campaign }) => campaign.spec.objectives.length > 1);
  if (isTold) fields.push('front');
  fields.push(...contexts.flatMap((name) => [`context.${name}`, `contextUnit.${name}`]));
  const reached = [
    ...new Set(
      records.flatMap(({ trials }) => trials.flatMap(({ observation }) => [...reachedIn(observation).keys()])),
    ),
  ];
  fields.push(...reached.map((name) => `reached.${name}`));
  const rows = records.flatMap(({ campaign, trials }) => {
    const { id, spec } = campaign;
    const front = new Set(
      isTold ? tradeOffsOf(spec, trials)?.front.flatMap(({ trialId, measuredIn }) => measuredIn ?? [trialId]) : [],
    );
    const own = heads.length === 0 ? [] : [id, strategyLabel(spec), spec.seed];
    return trials.map((trial) => [
      ...own,
      ...place(trial),
      ...parameters.map((name) => placeRun(trial.proposal, trial.observation).design[name]),
      ...outcomes.flatMap((name) => [trial.observation?.values[name], trial.observation?.noise[name]]),
      ...rest(trial),
      ...proposed.map((name) => trial.proposal.design[name]),
      ...(isTold ? [front.has(trial.proposal.id) ? 'yes' : 'no'] : []),
      ...contexts.flatMap((name) => {
        const told = trial.observation?.contexts?.[name];
        return [told?.value, told?.unit];
      }),
      ...reached.map((name) => reachedIn(trial.observation).get(name)),
    ]);
  });
  return writeTable(fields, rows, { delimiter: ',', decimal: 'point', ...options });
}

/** What steps reached that is no parameter of the design, by `step.name`; others are in the columns of the design. */
function reachedIn(observation: TrialRecord['observation']): ReadonlyMap<string, number | string> {
  const members = (value: unknown) => (typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const all = new Map<string, number | string>();
  for (const [step, details] of members(observation?.details.steps))
    for (const [kind, told] of members(details))
      if (kind === 'reached')
        for (const [name, value] of members(told))
          if (typeof value === 'number' || typeof value === 'string') all.set(`${step}.${name}`, value);
  return all;
}

function place({ proposal, state, observation }: TrialRecord) {
  const { id, round, index, fidelity } = proposal;
  const { rowId } = placeRun(proposal, observation);
  return [id, round, index, rowId, fidelity, state, observation?.outcome];
}

function rest(trial: TrialRecord) {
  const { proposal, observation, startedAt, endedAt } = trial;
  const { reason, estimatedCost } = proposal;
  return [
    ...[
      reason.mean,
      reason.sd,
      reason.kind,
      reason.acquisition,
      reason.value,
      estimatedCost,
      observation === null ? undefined : spentOn(trial),
    ],
    ...[observation?.durationMs, observation?.cause?.class, observation?.cause?.code, observation?.cause?.message],
    ...[timeText(startedAt), timeText(endedAt)],
  ];
}

/** A moment as tables have it. */
export function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
