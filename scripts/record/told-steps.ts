import { jobRequest } from '../../activities/job-request.js';
import { stepRequest } from '../../lab-adapters/step-values.js';
import type { ParameterValue } from '../../models/domain/design.js';
import { recipeOf } from '../../models/domain/proposed-recipe.js';
import { orderOf } from '../../models/domain/recipe.js';
import type { CampaignRecord, RanStep } from '../../models/domain/record.js';
import { type CellValue, writeTable } from '../../models/table/write-table.js';
import { timeText } from './trial-columns.js';

/** A step that was run, with what its instrument was told. */
export interface ToldStep {
  readonly trial: string;
  readonly ran: RanStep;
  /** Its parameters, as filled in from the design; empty where the recipe has no such step, or cannot be filled in. */
  readonly told: Readonly<Record<string, ParameterValue>>;
  /** Units of these, by name, where they have one. */
  readonly units: Readonly<Record<string, string>>;
}

/** All steps that were run, trial by trial, each in the order in which they ended. */
export async function toldSteps({ campaign, trials }: CampaignRecord): Promise<readonly ToldStep[]> {
  const all: ToldStep[] = [];
  for (const { proposal, steps = [] } of trials)
    for (const ran of steps) {
      const order = orderOf(recipeOf(campaign.spec, proposal) ?? [], ran.step);
      const filled = order === null ? null : await stepRequest(order, jobRequest(campaign, proposal), ran.key);
      const { design = {}, units = {} } = filled !== null && 'request' in filled ? filled.request : {};
      all.push({ trial: proposal.id, ran, told: design, units });
    }
  return all;
}

/**
 * The steps of all trials as CSV, one row each: on which instrument it ran and when, what that was told (`with.NAME`, `unit.NAME`),
 * what it measured, and how it ended. Texts as in the table of trials. Null where no trial has steps.
 */
export async function exportSteps(
  records: readonly CampaignRecord[],
  options: { readonly raw?: boolean } = {},
): Promise<string | null> {
  const steps = (await Promise.all(records.map(toldSteps))).flat();
  if (steps.length === 0) return null;
  const names = (of: (step: ToldStep) => object) => [...new Set(steps.flatMap((step) => Object.keys(of(step))))];
  const told = names((step) => step.told);
  const united = names(({ units }) => units);
  const values = names(({ ran }) => ran.values ?? {});
  const noise = names(({ ran }) => ran.noise ?? {});
  const fields = [
    ...[
      'trial',
      'generation',
      'step',
      'carried',
      'instrument',
      'key',
      'job',
      'how',
      'startedAt',
      'endedAt',
      'durationMs',
    ],
    ...told.flatMap((name) => [`with.${name}`, ...(united.includes(name) ? [`unit.${name}`] : [])]),
    ...values.flatMap((name) => [`value.${name}`, ...(noise.includes(name) ? [`noise.${name}`] : [])]),
    ...['cost', 'causeClass', 'causeCode', 'causeMessage'],
  ];
  const rows = steps.map(({ trial, ran, told: own, units }): CellValue[] => [
    ...[trial, ran.generation, ran.step, ran.carried === true ? 'yes' : '', ran.instrument, ran.key, ran.job, ran.how],
    ...[timeText(ran.startedAt), timeText(ran.endedAt), ran.durationMs],
    ...told.flatMap((name) => [own[name], ...(united.includes(name) ? [units[name]] : [])]),
    ...values.flatMap((name) => [ran.values?.[name], ...(noise.includes(name) ? [ran.noise?.[name]] : [])]),
    ...[ran.cost, ran.cause?.class, ran.cause?.code, ran.cause?.message],
  ]);
  return writeTable(fields, rows, { delimiter: ',', decimal: 'point', ...options });
}
