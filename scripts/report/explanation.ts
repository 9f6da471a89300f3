import type { CampaignRecord } from '../../models/domain/record.js';
import type { Insight } from '../../models/strategy/explain/insight.js';
import type { Why } from '../../models/strategy/explain/why.js';
import { type Depictions, depictionsOf } from './depictions.js';
import { glossary } from './glossary.js';
import { html, type Markup } from './html.js';
import { importanceTable } from './importance-table.js';
import { leftOutPlots } from './left-out-plot.js';
import { pageOf } from './page.js';
import { slicePlots } from './slice-plots.js';
import { whySection } from './why-section.js';

/** What the models learned of each outcome that goals are stated on, as sections of a page. */
export function insightSections(record: CampaignRecord, { through, outcomes }: Insight): Markup {
  return html`${outcomes.map((outcome, i) => {
    const of = outcomes.length === 1 ? '' : `: ${outcome.name}`;
    const words = { of, suffix: i === 0 ? '' : `-${i + 1}` };
    return html`${importanceTable(outcome, words)}
${slicePlots(record, through, outcome, words)}
${leftOutPlots(record, outcome, words)}
`;
  })}`;
}

/** One HTML page of what `athanor explain` says. */
export async function renderExplanation(
  record: CampaignRecord,
  insight: Insight | null,
  why: Why | null,
): Promise<string> {
  const { id } = record.campaign;
  const designs = why === null ? [] : [why.proposal, ...why.alternatives].map(({ design }) => design);
  const depictions: Depictions = await depictionsOf({ ...record, trials: [] }, designs);
  const nothing = html`<p class="empty">Nothing to explain yet.</p>`;
  const content = html`${why === null ? null : whySection(record, why, depictions)}
${insight === null ? (why === null ? nothing : null) : insightSections(record, insight)}`;
  const title = why === null ? `${id}: what was learned` : `${why.proposal.id}: why it was proposed`;
  return pageOf(
    title,
    html`${depictions.definitions}
<header><h1>${title}</h1></header>
<main>
${content}
${glossary(content.text)}
</main>`,
  );
}
