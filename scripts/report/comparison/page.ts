import type { CampaignRecord } from '../../../models/domain/record.js';
import { type Comparison, compare } from '../../compare/compare.js';
import { cutShortLine, four } from '../../compare/words.js';
import { version } from '../../version.js';
import { html, type Markup } from '../html.js';
import { pageOf } from '../page.js';
import { bandsPlot } from './bands-plot.js';
import { besideTable, endsTable, reachedTable, runsTable } from './tables.js';

/**
 * The report of several runs on one page: seeds and strategies beside one another, with random search as the baseline. It
 * needs nothing else, no network. Same records, same page.
 *
 * @param thresholds - values whose reaching is asked for; see `compare`
 * @throws {InvalidInputError} if the records are not after the same objective
 */
export function renderComparison(records: readonly CampaignRecord[], thresholds: readonly number[] = []): string {
  const comparison = compare(records, thresholds);
  const { compared, objective, costIsTrials } = comparison;
  const ids = [...new Set(records.map(({ campaign }) => campaign.id))];
  const { unit } = objective;
  const made = [...new Set(records.flatMap(({ trials }) => trials.at(-1)?.proposal.basis.defaults ?? []))];
  return pageOf(
    `${ids.join(', ')}: ${records.length} runs compared`,
    html`<header>
<h1>${ids.join(', ')}: ${records.length} runs compared</h1>
<p class="lead">${compared.map(({ group }) => `${group.label} (${seedsText(group.records.length)})`).join(', ')}; wanted: ${objective.direction} ${objective.name}${unit === undefined ? '' : ` [${unit}]`}.
${baselineText(comparison)}</p>
${cutShortLine(comparison).map((line) => html`<p class="note">${line}</p>`)}
</header>
<main>
<h2>How far each got</h2>
${endsTable(comparison)}
<h2>Best so far</h2>
${bandsPlot(comparison, 'cost')}
${costIsTrials ? null : bandsPlot(comparison, 'trials')}
<p class="note">The line is the middle of the seeds: half of them are better, half are worse. The band holds the middle half of
them, from the worst quarter to the best. A run that has ended stays at what it has; a seed without a value yet counts as worse
than any with one.</p>
<h2>What it took to get that far</h2>
${reachedTable(comparison)}
<p class="note">${thresholdsText(comparison)}
Cost: half of the seeds took at most as much; in brackets from where to where that middle could well lie with other seeds
(nine times in ten or more; with fewer than five seeds, from the first to the last of them). Never: not within the budget of the
run.</p>
<h2>Seed by seed against random</h2>
${besideTable(comparison) ?? html`<p class="empty">There is no random search among the runs.</p>`}
${pairsNote(comparison)}
<h2>The runs</h2>
<p class="note">Where scripts may run, a head sorts by its column.</p>
${runsTable(comparison)}
<h2>Provenance</h2>
<table class="provenance"><tr><th scope="row">made by</th><td>athanor ${version()}</td></tr><tr><th scope="row">numerical defaults</th><td>${made.join(', ') || 'none used'}</td></tr></table>
</main>`,
  );
}

function seedsText(count: number): string {
  return `${count} seed${count === 1 ? '' : 's'}`;
}

function baselineText({ baseline }: Comparison): string {
  if (baseline === null)
    return 'There is no random search among them to compare with: run the same seeds with --strategy random, too.';
  return `Random search, ${baseline.label}, is the baseline: what choosing without any model comes to.`;
}

function thresholdsText({ stated, baseline }: Comparison): string {
  if (stated) return 'The values are those that were asked for.';
  const middle = baseline === null ? 'run' : 'run of the baseline';
  return `No values were asked for: these are those at which a campaign stops, what the middle ${middle} has at its end, what the middle of the strategies has, and what the best quarter of all runs has.`;
}

function pairsNote({ baseline, compared }: Comparison): Markup | null {
  if (baseline === null) return null;
  const last = compared.find(({ beside }) => beside !== null)?.beside?.at(-1)?.spent ?? 0;
  return html`<p class="note">Two runs of one seed begin with the same trials, so each seed is a pair: how much better the strategy is than random
at the same cost, in the middle of the pairs, and where that middle could well lie. Where that goes from worse to better, or seeds
are few, the difference may be chance. The last cost, ${four(last)}, is the most that all of these runs have spent.</p>`;
}
