import { useEffect } from 'preact/hooks';
import type { CampaignOverview } from '../scripts/serve/overview.js';
import { Header } from './header.js';
import { freshness } from './live.js';
import { lastDone } from './me.js';
import { place } from './place.js';
import { useInbox } from './use-inbox.js';
import { useRead } from './use-read.js';
import { InboxView } from './views/inbox.js';
import { Now } from './views/now.js';

/** The whole page: the header, and the view that the address names. */
export function App() {
  const overview = useRead<{ readonly items: readonly CampaignOverview[] }>('/overview');
  const inbox = useInbox();
  const waiting = inbox.value.value === null ? 0 : inbox.value.value.trials.length + inbox.value.value.problems.length;
  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) Athanor` : 'Athanor';
  }, [waiting]);
  const { path } = place.value;
  const links = [
    { href: '/', words: 'Now' },
    { href: '/inbox', words: 'Inbox', count: waiting },
  ];
  return (
    <div class={`app ${freshness.value}`}>
      <a class="skip" href="#main">
        To the content
      </a>
      <Header links={links} />
      <p class="done" role="status">
        {lastDone.value}
      </p>
      <main id="main" tabIndex={-1}>
        {path === '/inbox' ? <InboxView inbox={inbox.value} /> : <Now overview={overview.value} inbox={inbox.value} />}
      </main>
    </div>
  );
}
