import { stringify } from 'yaml';
import { Constraints } from '../../models/domain/constraints/constraint.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { type Space, substancesOf } from '../../models/domain/space.js';
import type { SpaceCodes } from '../../models/domain/space-codes.js';
import { goalsOf, hasSeveralGoals, primaryObjective } from '../../models/domain/standing.js';
import { recordedArtefacts } from '../../models/strategy/artefacts.js';
import { insightOf } from '../../models/strategy/explain/insight.js';
import { learnedFidelities } from '../../models/strategy/explain/learned.js';
import { outliersOf } from '../../models/strategy/explain/outliers.js';
import { outlook } from '../../models/strategy/explain/outlook.js';
import { purposesOf } from '../../models/strategy/explain/purpose.js';
import type { Recommendation } from '../../models/strategy/explain/recommend.js';
import { lastSourceFits, sourceInWords } from '../../models/strategy/explain/source-words.js';
import { lastCalibrations } from '../../models/strategy/explain/surrogates-behind.js';
import { type Why, whyProposed } from '../../models/strategy/explain/why.js';
import { grownRecord } from '../../models/strategy/growth.js';
import { lastCostBudget } from '../change-lines.js';
import { bestOf, targetName, totalCost } from '../outcome.js';
import { outlierLines } from '../outlier-lines.js';
import { passedOver, passedOverLines } from '../passed-over.js';
import { withoutPlainSecrets } from '../plain-secrets.js';
import { recommendationOf } from '../recommendation.js';
import { toldSteps } from '../record/told-steps.js';
import { tradeOffsOf } from '../trade-offs.js';
import { version } from '../version.js';
import { formatNumber, meanWords, stopWords, wantedText, wordingOf } from '../wording.js';
import { appendedRows } from './appended-rows.js';
import { bestPlot } from './best-plot.js';
import { costPlot } from './cost-plot.js';
import { decisionsTable } from './decisions-table.js';
import { type Depictions, depictionsOf } from './depictions.js';
import { effectsPlot } from './effects-plot.js';
import { insightSections } from './explanation.js';
import { fidelityTable } from './fidelity-table.js';
import { glossary } from './glossary.js';
import { html, type Markup } from './html.js';
import { mapPlot } from './map-plot.js';
import { pageOf } from './page.js';
import { parityPlots } from './parity-plot.js';
import { predictionPlots } from './prediction-plots.js';
import { outcomeCounts, story } from './story.js';
import { bestTrials, topTable, untriedTable } from './top-tables.js';
import { tradeOffPlots } from './trade-off-plot.js';
import { trialsTable } from './trials-table.js';
import { weightPlots } from './weight-plots.js';
import { whySection } from './why-section.js';

/**
 * The report of a campaign: one HTML page that needs nothing else, no network; a script sorts its table, and
 * it reads well without. Same record, same page.
 *
 * @param recommended - what `recommendationOf` the record gives, if it is at hand
 */
export async function renderReport(record: CampaignRecord, recommended?: Recommendation | null): Promise<string> {
  const grown = { ...record, ...(await grownRecord(record)) };
  const { campaign } = record;
  const sentences = story(grown, recommended === undefined ? await recommendationOf(record) : recommended);
  const ahead = await outlook(record);
  const untried = ahead?.untried ?? [];
  const insight = await insightOf(record);
  const why = await whyOfBest(record);
  const depictions = await depictionsOf(record, [
    ...(why?.alternatives ?? []).map(({ design }) => design),
    ...bestTrials(record).map(({ place }) => place.design),
    ...untried.map(({ design }) => design),
  ]);
  const whyBest = why === null ? null : whySection(record, why, depictions);
  const insights = insight === null ? null : insightSections(record, insight);
  const learned = await learnedFidelities(record);
  const outliers = outlierLines(
    campaign,
    await outliersOf(campaign, record.trials, [], recordedArtefacts(record)),
    record.trials,
  );
  const content = html`${tradeOffPlots(record)}
${topTable(record, depictions)}
${untriedTable(record, untried, depictions)}
${whyBest}
${effectsPlot(record, ahead?.effects ?? [])}
${insights}
<h2>Best so far against cost</h2>
${bestPlot(record)}
<h2>Cost by fidelity</h2>
${costPlot(record)}
${fidelityTable(learned)}
${earlierCampaigns(record)}
${mapPlot(record)}
<h2>Predicted against measured</h2>
${parityPlots(record)}
${outliers.map((line) => html`<p class="note">${line}</p>`)}
${predictionPlots(record)}
${weightPlots(record, await lastCalibrations(record))}
<h2>Trials</h2>
<p class="note">A line opens with why the trial was chosen; where scripts may run, a head sorts by its column.${purposes(record)}</p>
${trialsTable(record, depictions, await toldSteps(record))}
${decisionsTable(record)}
${provenance(record, grown.campaign.space)}`;
  return pageOf(
    `${campaign.id}: report`,
    html`${depictions.definitions}
<header>
<h1>${campaign.id}</h1>
${campaign.spec.description === undefined ? null : html`<p class="note">${campaign.spec.description}</p>`}
<p class="lead">${sentences.join(' ')}</p>
${facts(record)}
${winner(record, depictions)}
${passedOverList(record)}
</header>
<main>
${content}
${glossary(content.text)}
</main>`,
  );
}

/** Trials up to which what the best of them was preferred to is computed again. */
const weighedUpTo = 200;

/** Why the best trial was proposed, where an acquisition did so; null of any other. */
async function whyOfBest(record: CampaignRecord): Promise<Why | null> {
  const best = bestOf(record.campaign.spec, record.trials);
  const proposal = record.trials.find((trial) => trial.proposal.id === best?.trialId)?.proposal;
  if (proposal?.reason.kind !== 'acquisition' || proposal.basis.observed > weighedUpTo) return null;
  const why = await whyProposed(record, proposal.id);
  return why.none === null ? why : null;
}

/** How many trials made use of what was known, and how many were to learn more, in a sentence. */
function purposes({ campaign, trials }: CampaignRecord): string {
  const told = purposesOf(campaign.spec, trials);
  const chosen = trials.filter(({ proposal }) => proposal.reason.kind === 'acquisition');
  if (chosen.length === 0) return '';
  const exploit = chosen.filter(({ proposal }) => told.get(proposal.id) === 'exploit').length;
  return ` Of the ${chosen.length} that the models chose, ${exploit} exploit what is known (expected to be better than the best so far) and ${chosen.length - exploit} explore (chosen for what is not known of them).`;
}

function facts(record: CampaignRecord): Markup {
  const { spec } = record.campaign;
  const wording = wordingOf(record.campaign, record.trials);
  const { name, direction } = primaryObjective(spec);
  const best = bestOf(spec, record.trials);
  const front = tradeOffsOf(spec, record.trials);
  const limit = lastCostBudget(record);
  const budget = limit === null ? '' : ` of ${formatNumber(limit)}`;
  const pairs: readonly (readonly [string, string])[] = [
    ['wanted', hasSeveralGoals(goalsOf(spec)) ? wantedText(spec) : `${direction} ${name}`],
    ...(front === null
      ? ([
          ['best', best === null ? 'none yet' : `${wording.value(best.value)}${meanWords(best.measuredIn?.length)}`],
          ['design', best === null ? 'none yet' : wording.design(best.design, best.rowId)],
        ] as const)
      : ([
          ['front', `${front.front.length} trial${front.front.length === 1 ? '' : 's'}`],
          ['hypervolume', formatNumber(front.hypervolume)],
        ] as const)),
    ['cost', `${formatNumber(totalCost(record))}${budget}`],
    ['trials', outcomeCounts(record)],
    [
      'stopped by',
      record.phase === 'stopped' ? (record.stop === null ? 'nothing' : stopWords[record.stop.reason]) : record.phase,
    ],
  ];
  return html`<dl class="facts">${pairs.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function winner(record: CampaignRecord, depictions: Depictions): Markup | null {
  const { spec, space } = record.campaign;
  const best = bestOf(spec, record.trials);
  const molecules = best === null ? [] : Object.values(substancesOf(space, best.design));
  if (best === null || molecules.length === 0) return null;
  return html`<p class="winner">${molecules.map((smiles) => html`${depictions.show(smiles)}<code>${smiles}</code>`)}</p>`;
}

/** What would be the best, or of the front, did it count, and why it does not; null where there is none. */
function passedOverList({ campaign, trials }: CampaignRecord): Markup | null {
  const lines = passedOverLines(campaign.spec, passedOver(campaign.spec, trials), wordingOf(campaign, trials));
  if (lines.length === 0) return null;
  return html`<p class="note">Passed over, though better as far as it was measured:</p>
<ul class="note" id="passed-over">${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

/** What was learned of each earlier campaign; null where there is none. */
function earlierCampaigns({ campaign, trials }: CampaignRecord): Markup | null {
  const { sources = [] } = campaign.space;
  if (sources.length === 0) return null;
  const fits = lastSourceFits(trials);
  return html`<h2>Earlier campaigns</h2>
<ul id="earlier">${sources.map((source, i) => html`<li>${sourceInWords(source, fits?.[i] ?? null)}</li>`)}</ul>`;
}

/** @param grown - the space with the pool as it has grown */
function provenance(record: CampaignRecord, grown: Space): Markup {
  const { spec, space } = record.campaign;
  const last = record.trials.at(-1)?.proposal;
  const times = record.trials.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]).filter((time) => time !== null);
  const when =
    times.length === 0
      ? 'in virtual time'
      : `${new Date(Math.min(...times)).toISOString()} to ${new Date(Math.max(...times)).toISOString()}`;
  const fits = record.trials.map((trial) => trial.proposal.basis.fit).filter((fit) => fit !== null);
  const surrogates = [...new Set(fits.map(({ surrogate }) => surrogate))];
  const chosen = fits.at(-1)?.members.flatMap(({ choice }) => choice ?? []) ?? [];
  const approximation = fits.at(-1)?.approximation;
  const pairs: readonly (readonly [string, string])[] = [
    ['made by', `athanor ${version()}`],
    ['seed', String(spec.seed)],
    ['run', when],
    ['target fidelity', targetName(spec)],
    ['space', spaceText(space, grown)],
    ...Constraints.of(space).each.map(({ words }) => ['constraint', words] as const),
    ...appendedRows(record).map((text) => ['rows appended to the pool', text] as const),
    ...(space.codes ?? []).map((codes) => ['encoder it began with', encoderText(codes)] as const),
    ['surrogate', surrogates.join(', ') || 'none fitted'],
    ...(chosen.length === 0 ? [] : [['chosen at the last fit', chosen.join(', ')] as const]),
    ...(approximation === undefined ? [] : [['approximation at the last fit', approximation] as const]),
    ['numerical defaults', last?.basis.defaults ?? 'none used'],
    ['data at the last proposal (sha256)', last?.basis.dataHash ?? 'none'],
  ];
  return html`<h2>Provenance</h2>
<table class="provenance">${pairs.map(([term, value]) => html`<tr><th scope="row">${term}</th><td>${value}</td></tr>`)}</table>
<details><summary>Settings: the campaign file as it was run</summary><pre>${stringify(withoutPlainSecrets(spec), { lineWidth: 110 })}</pre></details>`;
}

/** A model with what it tells of, and what identifies its bytes: a home may have it used without the file naming it. */
function encoderText({ encoder, output, on, identity }: SpaceCodes): string {
  return `${encoder}, ${output} of ${on.join(', ')} (${identity})`;
}

function spaceText({ parameters, pool }: Space, grown: Space): string {
  if (pool === null) return `${parameters.length} parameters`;
  const first = `pool of ${pool.ids.length}`;
  return grown.pool!.ids.length === pool.ids.length ? first : `${first}, grown to ${grown.pool!.ids.length}`;
}
