import { ProblemText } from '../problem-text.js';
import { useRead } from '../use-read.js';
import { Ago, campaignHref, campaignPath, placeInCampaign } from '../words.js';

/** A decision of a person. */
interface Decision {
  readonly at: number;
  readonly who: string;
  readonly action: string;
  readonly trial: string | null;
  readonly reason: string | null;
}

/** What people decided on a campaign: who, when, why. */
export function RecordView({ id }: { readonly id: string }) {
  return (
    <section aria-labelledby="record">
      <h2 id="record">Decisions of people</h2>
      <Decisions campaign={id} trial={null} />
    </section>
  );
}

/** Decisions, newest first: of a campaign, or on one of its trials. */
export function Decisions({ campaign, trial }: { readonly campaign: string; readonly trial: string | null }) {
  const query = trial === null ? '' : `?trial=${encodeURIComponent(trial)}`;
  const { value, error } = useRead<{ readonly items: readonly Decision[] }>(
    `${campaignPath(campaign)}/decisions${query}`,
    (event) => event.campaign === campaign && event.kind.startsWith('act.'),
  ).value;
  if (value === null) return error === null ? <p class="faint">Reads…</p> : <ProblemText error={error} />;
  if (value.items.length === 0) return <p class="faint">Nobody has decided anything.</p>;
  return (
    <ul class="list">
      {value.items.map(({ at, who, action, trial: on, reason }) => (
        <li key={`${at} ${action} ${on}`}>
          <strong>{action}</strong>
          {on === null || trial !== null ? null : (
            <>
              {' '}
              <a href={`${campaignHref(campaign, 'trials')}?trial=${placeInCampaign(on).replace('/', '-')}`}>
                {placeInCampaign(on)}
              </a>
            </>
          )}{' '}
          by {who} <Ago at={at} />
          {reason === null ? null : <span class="faint"> “{reason}”</span>}
        </li>
      ))}
    </ul>
  );
}
