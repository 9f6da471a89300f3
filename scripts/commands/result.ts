import type { Objective } from '../../models/domain/campaign.js';
import { standingsOf } from '../../models/domain/design-standings.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { substancesOf } from '../../models/domain/space.js';
import { primaryObjective } from '../../models/domain/standing.js';
import type { Recommendation } from '../../models/strategy/explain/recommend.js';
import { type Learned, learnedOf } from '../learned.js';
import { bestOf, costByFidelity, targetName, totalCost } from '../outcome.js';
import { keepResult } from '../output-place.js';
import { type PassedOver, passedOver, passedOverLines } from '../passed-over.js';
import { againLine, failureLines } from '../progress.js';
import { recommendationOf, recommendationText } from '../recommendation.js';
import { renderReport } from '../report/render.js';
import { outcomeCounts, story } from '../report/story.js';
import { type TradeOffs, tradeOffLines, tradeOffsOf } from '../trade-offs.js';
import { formatNumber, meanWords, wordingOf } from '../wording.js';
import { closeReport } from './report-path.js';

/** What a campaign has come to, for `run` and `watch`. */
export interface CampaignResult {
  readonly campaign: string;
  readonly phase: CampaignRecord['phase'];
  readonly stop: CampaignRecord['stop'];
  readonly objective: { readonly name: string; readonly unit: string | null };
  /** By the first objective, or in all where objectives are combined, with everything that was measured of it. */
  readonly best:
    | (ReturnType<typeof bestOf> & {
        readonly values: Readonly<Record<string, number>>;
        readonly substances: Readonly<Record<string, string>>;
      })
    | null;
  /** What several objectives have come to; null with one, and while no trial counts. */
  readonly tradeOffs: TradeOffs | null;
  /** What would be the best, or of the front, did it count, and why it does not. */
  readonly passedOver: readonly PassedOver[];
  /** What to measure at the target, where the campaign ended without a value there; else null. */
  readonly recommendation: Recommendation | null;
  readonly cost: number;
  readonly fidelities: ReturnType<typeof costByFidelity>;
  readonly learned: Learned;
  /** Path of the HTML page; null if it could be written nowhere. */
  readonly report: string | null;
  /** Temporal's page of the campaign; null where it is not known. */
  readonly temporal: string | null;
}

/** Writes the report of a campaign to its place in the home and sums it up; a report that cannot be written does not take the result with it. */
export async function conclude(
  record: CampaignRecord,
  wanted: string,
  temporal: string | null,
  note: (line: string) => void,
): Promise<{ readonly result: CampaignResult; readonly text: string }> {
  const recommendation = await recommendationOf(record);
  const { file: report, asWanted } = await keepResult(wanted, await renderReport(record, recommendation), note);
  if (asWanted) await closeReport(wanted);
  const { campaign, phase, stop } = record;
  const { spec, space, id } = campaign;
  const { name, unit } = primaryObjective(spec);
  const best = bestOf(spec, record.trials);
  const result: CampaignResult = {
    campaign: id,
    phase,
    stop,
    objective: { name, unit: unit ?? null },
    best:
      best === null
        ? null
        : {
            ...best,
            values: standingsOf(spec, record.trials).leader!.values,
            substances: substancesOf(space, best.design),
          },
    tradeOffs: tradeOffsOf(spec, record.trials),
    passedOver: passedOver(spec, record.trials),
    recommendation,
    cost: totalCost(record),
    fidelities: costByFidelity(record),
    learned: await learnedOf(record),
    report,
    temporal,
  };
  return { result, text: resultText(record, result) };
}

/** Temporal's page of one campaign. */
export function temporalPage(ui: string | null, namespace: string, id: string): string | null {
  return ui === null ? null : `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(id)}`;
}

function ownText({ unit }: Objective, value: number): string {
  return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

function resultText(
  record: CampaignRecord,
  { best, tradeOffs, passedOver: passed, recommendation, cost, fidelities, report, temporal }: CampaignResult,
): string {
  const { spec } = record.campaign;
  const wording = wordingOf(record.campaign, record.trials);
  const molecules = best === null ? [] : Object.values(best.substances);
  const costs = fidelities.map(
    ({ fidelity, trials, cost: spent }) =>
      `${fidelity} ${formatNumber(spent)} (${trials} trial${trials === 1 ? '' : 's'})`,
  );
  const again = againLine({ spec: record.campaign.spec, stop: record.stop }, record.trials);
  const rows: readonly (readonly [string, string])[] = [
    ...(best === null
      ? []
      : ([
          ['best', wording.design(best.design, best.rowId)],
          ...molecules.filter((smiles) => smiles !== best.rowId).map((smiles) => ['', smiles] as const),
          [
            primaryObjective(spec).name,
            `${wording.value(best.value)}${meanWords(best.measuredIn?.length)} at ${targetName(spec)} (trial ${best.trialId})`,
          ],
          ...spec.objectives.slice(1).map((own) => [own.name, ownText(own, best.values[own.name]!)] as const),
        ] as const)),
    ...tradeOffLines(spec, tradeOffs, wording).map((line, i) => [i === 0 ? 'front' : '', line] as const),
    ...passedOverLines(spec, passed, wording).map((line) => ['passed over', line] as const),
    ...(recommendation === null ? [] : [['recommended', recommendationText(record.campaign, recommendation)] as const]),
    ['cost', `${formatNumber(cost)}: ${costs.join(', ')}`],
    ['trials', outcomeCounts(record)],
    ...failureLines(record.trials).map((line) => ['failed', line] as const),
    ...(again === null ? [] : [['lost', again] as const]),
    ...(report === null ? [] : ([['report', report]] as const)),
    ...(temporal === null ? [] : ([['Temporal', temporal]] as const)),
  ];
  const width = Math.max(...rows.map(([term]) => term.length)) + 2;
  return [story(record, recommendation)[0], ...rows.map(([term, value]) => `  ${term.padEnd(width)}${value}`)].join(
    '\n',
  );
}
