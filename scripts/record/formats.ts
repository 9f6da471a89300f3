import type { TrialRecord, TrialState } from '../../models/domain/record.js';
import { unitsOf } from '../../models/domain/units.js';
import { tablePieces } from './export.js';
import { parquetPieces } from './parquet.js';
import type { TrialTable } from './trial-columns.js';

/** Formats in which the trials of a campaign can be had, with what they are called elsewhere. */
export const exportFormats = {
  csv: { mediaType: 'text/csv; charset=utf-8', ending: '.csv', isText: true },
  ndjson: { mediaType: 'application/x-ndjson', ending: '.ndjson', isText: true },
  parquet: { mediaType: 'application/vnd.apache.parquet', ending: '.parquet', isText: false },
} as const;
/** One of the formats above. */
export type ExportFormat = keyof typeof exportFormats;

/** Which trials, and how. */
export interface ExportOptions {
  readonly state?: TrialState | undefined;
  readonly fidelity?: string | undefined;
  /** A second row with the units; of CSV. */
  readonly units?: boolean | undefined;
}

/** The trials of a campaign in a format, piece by piece; what of them was read is not held again. */
export function* exportPieces(
  format: ExportFormat,
  table: TrialTable,
  { state, fidelity, units = false }: ExportOptions,
): Generator<Uint8Array> {
  const only = isWanted({ state, fidelity });
  if (format === 'parquet') yield* parquetPieces(table, only);
  else
    for (const text of format === 'csv' ? tablePieces([table], false, { units, only }) : lines(table, only))
      yield Buffer.from(text);
}

/** Whether a trial is among those that were asked for. */
export function isWanted({ state, fidelity }: Pick<ExportOptions, 'state' | 'fidelity'>) {
  return (trial: TrialRecord): boolean =>
    (state === undefined || trial.state === state) && (fidelity === undefined || trial.proposal.fidelity === fidelity);
}

/** A trial a line as JSON: its campaign and the units of its parameters and outcomes, then everything that is known of it. */
function* lines({ campaign, trials }: TrialTable, only: (trial: TrialRecord) => boolean): Generator<string> {
  const { spec, space } = campaign;
  const outcomes = [...spec.objectives, ...(spec.outcomes ?? [])].flatMap(({ name, unit }) =>
    unit === undefined ? [] : [[name, unit]],
  );
  const units = { parameters: unitsOf(space.parameters) ?? {}, outcomes: Object.fromEntries(outcomes) };
  for (const trial of trials) if (only(trial)) yield `${JSON.stringify({ campaign: campaign.id, units, ...trial })}\n`;
}
