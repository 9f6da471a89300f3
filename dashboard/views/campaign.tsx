import type { Outline } from '../../scripts/serve/outline-view.js';
import type { CampaignOverview } from '../../scripts/serve/overview.js';
import type { WaitingTrialView } from '../../scripts/serve/shapes.js';
import { CampaignActs } from '../acts/campaign-acts.js';
import { Figure } from '../figure.js';
import { Standing } from '../standing.js';
import { useRead } from '../use-read.js';
import { campaignHref, campaignPath } from '../words.js';
import { Model } from './model.js';
import { RecordView } from './record.js';
import { Sheet } from './sheet.js';
import { Trials } from './trials.js';

/** A campaign: how it went, its trials, its trade-offs, and what people decided. */
export function Campaign({
  id,
  tab,
  campaigns,
  waiting,
}: {
  readonly id: string;
  readonly tab: string;
  readonly campaigns: readonly CampaignOverview[] | null;
  readonly waiting: readonly WaitingTrialView[];
}) {
  const outline = useRead<Outline>(`${campaignPath(id)}/outline`, () => false).value;
  const campaign = campaigns?.find((one) => one.id === id);
  if (campaigns !== null && campaign === undefined) return <p role="alert">There is no campaign ‘{id}’.</p>;
  const several = (outline.value?.objectives.length ?? 1) > 1;
  const tabs = [
    ['progress', 'Progress'],
    ['trials', 'Trials'],
    ...(several ? [['pareto', 'Pareto']] : []),
    ...(outline.value?.fidelities.some(({ byPerson }) => byPerson) === true ? [['sheet', 'To measure']] : []),
    ['model', 'Model'],
    ['record', 'Record'],
  ] as const;
  return (
    <>
      <h1 class="wrap">{id}</h1>
      {outline.value?.description == null ? null : <p class="faint">{outline.value.description}</p>}
      {campaign === undefined ? null : <Standing campaign={campaign} />}
      <nav class="tabs" aria-label="Of this campaign">
        {tabs.map(([name, words]) => (
          <a key={name} href={campaignHref(id, name)} {...(tab === name ? { 'aria-current': 'page' as const } : {})}>
            {words}
          </a>
        ))}
      </nav>
      {tab === 'trials' ? <Trials id={id} outline={outline.value} best={campaign?.best?.trialId ?? null} /> : null}
      {tab === 'pareto' ? (
        <Figure campaign={id} name="trade-offs" without="Nothing has been measured of several objectives yet." />
      ) : null}
      {tab === 'sheet' ? <Sheet id={id} outline={outline.value} waiting={waiting} /> : null}
      {tab === 'model' ? <Model id={id} /> : null}
      {tab === 'record' ? <RecordView id={id} /> : null}
      {tab === 'progress' ? (
        <>
          {campaign === undefined ? null : <CampaignActs campaign={campaign} />}
          <h2>Best so far against cost</h2>
          <Figure campaign={id} name="best" />
          <div class="halves">
            <section>
              <h2>Cost by fidelity</h2>
              <Figure campaign={id} name="cost" />
            </section>
            <section>
              <h2>Predicted against measured</h2>
              <Figure campaign={id} name="parity" />
            </section>
          </div>
        </>
      ) : null}
    </>
  );
}
