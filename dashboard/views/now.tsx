import { useSignal } from '@preact/signals';
import type { CampaignOverview } from '../../scripts/serve/overview.js';
import { ProblemText } from '../problem-text.js';
import { Standing } from '../standing.js';
import type { Inbox } from '../use-inbox.js';
import type { Read } from '../use-read.js';
import { Ago, campaignHref, hourText } from '../words.js';
import { itemHref, itemWords } from './waiting-words.js';

/** Campaigns that have stopped and are shown at first. */
const fewStopped = 5;
const mostWaiting = 6;

/** How everything stands: what runs, and what waits for a person. */
export function Now({
  overview,
  inbox,
}: {
  readonly overview: Read<{ readonly items: readonly CampaignOverview[] }>;
  readonly inbox: Read<Inbox>;
}) {
  const showsAll = useSignal(false);
  const campaigns = overview.value?.items ?? [];
  const going = campaigns.filter(({ phase }) => phase !== 'stopped');
  const stopped = campaigns.filter(({ phase }) => phase === 'stopped');
  const shown = showsAll.value ? stopped : stopped.slice(0, fewStopped);
  const waiting = inbox.value?.trials ?? [];
  const problems = inbox.value?.problems ?? [];
  return (
    <div class="columns">
      <section aria-labelledby="campaigns">
        <h1 id="campaigns">Now</h1>
        <p>
          <a href="/start">Start a campaign…</a>
        </p>
        <ProblemText error={overview.error} />
        {overview.value !== null && campaigns.length === 0 ? (
          <p class="faint">No campaign has been started yet.</p>
        ) : null}
        {[...going, ...shown].map((campaign) => (
          <CampaignCard key={campaign.id} campaign={campaign} />
        ))}
        {stopped.length > shown.length ? (
          <button type="button" class="act plain" onClick={() => (showsAll.value = true)}>
            Show {stopped.length - shown.length} more that have stopped
          </button>
        ) : null}
      </section>
      <section aria-labelledby="waits">
        <h2 id="waits">Waits for you ({waiting.length + problems.length})</h2>
        <ProblemText error={inbox.error} />
        <ul class="list">
          {problems.map(({ campaignId, text }) => (
            <li key={campaignId}>
              <a href={campaignHref(campaignId)}>▲ {campaignId} stands still</a>
              <span class="faint"> {text}</span>
            </li>
          ))}
          {waiting.slice(0, mostWaiting).map((trial) => (
            <li key={trial.trialId}>
              <a href={itemHref(trial)}>{itemWords(trial)}</a>
              <span class="faint">
                {trial.until === null ? <> since {<Ago at={trial.since} />}</> : ` until ${hourText(trial.until)}`}
              </span>
            </li>
          ))}
        </ul>
        {waiting.length > mostWaiting ? <a href="/inbox">All {waiting.length}</a> : null}
        {inbox.value !== null && waiting.length + problems.length === 0 ? <p class="faint">Nothing waits.</p> : null}
      </section>
    </div>
  );
}

function CampaignCard({ campaign }: { readonly campaign: CampaignOverview }) {
  const { id, ended, spent, budget } = campaign;
  return (
    <article class="card">
      <h2>
        <a href={campaignHref(id)}>{id}</a>
      </h2>
      <Standing campaign={campaign} />
      {budget?.cost == null && budget?.trials == null ? null : (
        <progress
          aria-label="share of the budget"
          max={budget.cost ?? budget.trials ?? 1}
          value={budget.cost === null ? ended : spent}
        />
      )}
    </article>
  );
}
