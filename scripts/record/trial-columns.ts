import { placeRun } from '../../models/domain/achieved.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { spentOn, type TrialRecord } from '../../models/domain/record.js';
import type { Space } from '../../models/domain/space.js';
import { outcomeNames } from '../../models/domain/standing.js';
import { unitsOf } from '../../models/domain/units.js';
import type { CellValue } from '../../models/table/write-table.js';
import { strategyLabel } from '../simulate/strategies.js';
import { tradeOffsOf } from '../trade-offs.js';

/** A campaign as tables are made of it. */
export interface TrialTable {
  readonly campaign: Omit<Campaign, 'space'> & { readonly space: Pick<Space, 'parameters'> };
  readonly trials: readonly TrialRecord[];
}

/** A column of a table of trials. */
export interface TrialColumn {
  readonly name: string;
  /** Null where it has none, or nobody told. */
  readonly unit: string | null;
  /** `either`: numbers or texts, as parameters are; `time`: ISO 8601. */
  readonly kind: 'integer' | 'number' | 'text' | 'either' | 'time' | 'json';
  readonly cell: (trial: TrialRecord, table: TrialTable) => CellValue;
}

type Cell = TrialColumn['cell'];
const text = (name: string, cell: Cell): TrialColumn => ({ name, unit: null, kind: 'text', cell });
const numeric = (name: string, unit: string | null, cell: Cell): TrialColumn => ({ name, unit, kind: 'number', cell });

/** Units by name in the words of all campaigns that have it. */
function unitIn(tables: readonly TrialTable[], of: (table: TrialTable) => string | undefined): string | null {
  const units = [...new Set(tables.map(of).filter((unit) => unit !== undefined))];
  return units.length === 0 ? null : units.join(' or ');
}

/**
 * The columns of a table of the trials of these campaigns: where the trial stands, the design, what was measured and what had
 * been predicted; where another design was achieved it is that one, and the one proposed beside it. What people held of it,
 * and what counted before that, stand in the columns `rulings` and `earlier` as JSON. Columns of what only some
 * campaigns have are there only where some trial has it.
 *
 * @param isNamed - whether campaign, strategy and seed stand before each row
 */
export function trialColumns(tables: readonly TrialTable[], isNamed: boolean): readonly TrialColumn[] {
  const distinct = (names: (table: TrialTable) => readonly string[]) => [...new Set(tables.flatMap(names))];
  const inTrials = (names: (trial: TrialRecord) => readonly string[]) =>
    distinct(({ trials }) => trials.flatMap((trial) => [...names(trial)]));
  const isAny = (has: (trial: TrialRecord) => boolean) => tables.some(({ trials }) => trials.some(has));
  const parameters = distinct(({ campaign }) => campaign.space.parameters.map(({ name }) => name));
  const outcomes = distinct(({ campaign }) => outcomeNames(campaign.spec));
  const parameterUnit = (name: string) =>
    unitIn(tables, ({ campaign }) => unitsOf(campaign.space.parameters)?.[name] ?? undefined);
  const outcomeUnit = (name: string) =>
    unitIn(
      tables,
      ({ campaign: { spec } }) => [...spec.objectives, ...(spec.outcomes ?? [])].find((one) => one.name === name)?.unit,
    );
  // Of several objectives nothing is predicted in one unit.
  const predictedUnit = unitIn(tables, ({ campaign: { spec } }) =>
    spec.objectives.length === 1 ? spec.objectives[0]!.unit : undefined,
  );
  const proposed = parameters.filter((name) => isAny(({ observation }) => observation?.achieved?.[name] !== undefined));
  const contexts = inTrials(({ observation }) => Object.keys(observation?.contexts ?? {}));
  const reached = inTrials(({ observation }) => [...reachedIn(observation).keys()]);
  return [
    ...(isNamed ? headColumns : []),
    ...placeColumns,
    ...parameters.map((name): TrialColumn => {
      const cell: Cell = ({ proposal, observation }) => placeRun(proposal, observation).design[name];
      return { name: `design.${name}`, unit: parameterUnit(name), kind: 'either', cell };
    }),
    ...outcomes.flatMap((name) => [
      numeric(`value.${name}`, outcomeUnit(name), ({ observation }) => observation?.values[name]),
      numeric(`noise.${name}`, outcomeUnit(name), ({ observation }) => observation?.noise[name]),
    ]),
    numeric('predicted.mean', predictedUnit, ({ proposal }) => proposal.reason.mean),
    numeric('predicted.sd', predictedUnit, ({ proposal }) => proposal.reason.sd),
    ...courseColumns,
    ...proposed.map((name): TrialColumn => {
      const cell: Cell = ({ proposal }) => proposal.design[name];
      return { name: `proposed.${name}`, unit: parameterUnit(name), kind: 'either', cell };
    }),
    ...frontColumn(tables),
    ...contexts.flatMap((name): TrialColumn[] => [
      { ...text(`context.${name}`, ({ observation }) => observation?.contexts?.[name]?.value), kind: 'either' },
      text(`contextUnit.${name}`, ({ observation }) => observation?.contexts?.[name]?.unit),
    ]),
    ...reached.map((name): TrialColumn => {
      return { ...text(`reached.${name}`, ({ observation }) => reachedIn(observation).get(name)), kind: 'either' };
    }),
    ...(['rulings', 'earlier'] as const).flatMap((name) =>
      isAny((trial) => trial[name] !== undefined) ? [json(name)] : [],
    ),
  ];
}

/** A part of trials as JSON. */
function json(name: 'rulings' | 'earlier'): TrialColumn {
  return {
    ...{ name, unit: null, kind: 'json' },
    cell: (trial) => (trial[name] === undefined ? null : JSON.stringify(trial[name])),
  };
}

const headColumns: readonly TrialColumn[] = [
  text('campaign', (_, { campaign }) => campaign.id),
  text('strategy', (_, { campaign }) => strategyLabel(campaign.spec)),
  { ...numeric('seed', null, (_, { campaign }) => campaign.spec.seed), kind: 'either' },
];

const placeColumns: readonly TrialColumn[] = [
  text('trial', ({ proposal }) => proposal.id),
  { ...numeric('round', null, ({ proposal }) => proposal.round), kind: 'integer' },
  { ...numeric('index', null, ({ proposal }) => proposal.index), kind: 'integer' },
  text('row', ({ proposal, observation }) => placeRun(proposal, observation).rowId),
  text('fidelity', ({ proposal }) => proposal.fidelity),
  text('state', ({ state }) => state),
  text('outcome', ({ observation }) => observation?.outcome),
];

const courseColumns: readonly TrialColumn[] = [
  text('kind', ({ proposal }) => proposal.reason.kind),
  text('acquisition', ({ proposal }) => proposal.reason.acquisition),
  numeric('acquisitionValue', null, ({ proposal }) => proposal.reason.value),
  numeric('estimatedCost', null, ({ proposal }) => proposal.estimatedCost),
  numeric('cost', null, (trial) => (trial.observation === null ? undefined : spentOn(trial))),
  numeric('durationMs', 'ms', ({ observation }) => observation?.durationMs),
  text('causeClass', ({ observation }) => observation?.cause?.class),
  text('causeCode', ({ observation }) => observation?.cause?.code),
  text('causeMessage', ({ observation }) => observation?.cause?.message),
  { ...text('startedAt', ({ startedAt }) => timeText(startedAt)), kind: 'time' },
  { ...text('endedAt', ({ endedAt }) => timeText(endedAt)), kind: 'time' },
];

/** Which trials are on the front; only where there are several objectives. */
function frontColumn(tables: readonly TrialTable[]): readonly TrialColumn[] {
  if (!tables.some(({ campaign }) => campaign.spec.objectives.length > 1)) return [];
  const fronts = new Map(
    tables.map((table) => {
      const front = tradeOffsOf(table.campaign.spec, table.trials)?.front ?? [];
      return [table, new Set(front.flatMap(({ trialId, measuredIn }) => measuredIn ?? [trialId]))] as const;
    }),
  );
  return [text('front', ({ proposal }, table) => (fronts.get(table)?.has(proposal.id) === true ? 'yes' : 'no'))];
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

/** A moment as tables have it. */
export function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
