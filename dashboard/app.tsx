import { useEffect } from 'preact/hooks';
import type { CampaignOverview } from '../scripts/serve/overview.js';
import { Header } from './header.js';
import { freshness } from './live.js';
import { lastDone } from './me.js';
import { place } from './place.js';
import { StopLab } from './stop-lab.js';
import { useInbox } from './use-inbox.js';
import { useRead } from './use-read.js';
import { Campaign } from './views/campaign.js';
import { InboxView } from './views/inbox.js';
import { LabView } from './views/lab.js';
import { Now } from './views/now.js';
import { Start } from './views/start.js';

/** The whole page: the header, and the view that the address names. */
export function App() {
  const overview = useRead<{ readonly items: readonly CampaignOverview[] }>('/overview');
  const inbox = useInbox();
  const waiting = inbox.value.value === null ? 0 : inbox.value.value.trials.length + inbox.value.value.problems.length;
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) Athanor` : 'Athanor';
  }, [waiting]);
  const { path } = place.value;
  const [, of = null, tab] = /^\/c\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? [];
  const links = [
    { href: '/', words: 'Now' },
    { href: '/inbox', words: 'Inbox', count: waiting },
    { href: '/lab', words: 'Lab' },
  ];
  return (
    <div class={`app ${freshness.value}`}>
      <a class="skip" href="#main">
        To the content
      </a>
      <Header links={links}>
        <StopLab />
      </Header>
      <p class="done" role="status">
        {lastDone.value}
      </p>
      <main id="main" tabIndex={-1}>
        {of !== null ? (
          <Campaign
            key={of}
            id={decodeURIComponent(of)}
            tab={tab ?? 'progress'}
            campaigns={overview.value.value?.items ?? null}
            waiting={inbox.value.value?.trials ?? []}
          />
        ) : path === '/lab' ? (
          <LabView />
        ) : path === '/start' ? (
          <Start />
        ) : path === '/inbox' ? (
          <InboxView inbox={inbox.value} />
        ) : (
          <Now overview={overview.value} inbox={inbox.value} />
        )}
      </main>
    </div>
  );
}
