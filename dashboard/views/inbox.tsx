import type { WaitingTrialView } from '../../scripts/serve/shapes.js';
import { ApproveForm } from '../acts/approve-form.js';
import { EnterForm } from '../acts/enter-form.js';
import { ResolveForm } from '../acts/resolve-form.js';
import { RuleForm } from '../acts/rule-form.js';
import { place } from '../place.js';
import { ProblemText } from '../problem-text.js';
import type { Inbox } from '../use-inbox.js';
import type { Read } from '../use-read.js';
import { Ago, campaignHref, hourText } from '../words.js';
import { NoLonger } from './no-longer.js';
import { TrialBlocks } from './trial-blocks.js';
import { itemHref, itemWords, thenWords } from './waiting-words.js';

/** All that waits for a person: a list, and of one thing what is known and what can be done. */
export function InboxView({ inbox }: { readonly inbox: Read<Inbox> }) {
  const trials = inbox.value?.trials ?? [];
  const problems = inbox.value?.problems ?? [];
  const asked = place.value.query.get('trial');
  const chosen = trials.find(({ trialId }) => trialId === asked);
  return (
    <div class={`columns inbox ${asked === null ? 'whole' : 'one'}`}>
      <section aria-labelledby="inbox" class="picker">
        <h1 id="inbox">Inbox ({trials.length + problems.length})</h1>
        <ProblemText error={inbox.error} />
        <ul class="list">
          {problems.map(({ campaignId, text }) => (
            <li key={campaignId}>
              <a href={campaignHref(campaignId)}>▲ {campaignId} stands still</a>
              <p class="faint">{text}</p>
            </li>
          ))}
          {trials.map((trial) => (
            <li key={trial.trialId + trial.needs}>
              <a href={itemHref(trial)} {...(trial.trialId === asked ? { 'aria-current': 'true' as const } : {})}>
                {itemWords(trial)}
              </a>
              <p class="faint">
                since <Ago at={trial.since} />
                {trial.until === null ? '' : `, until ${hourText(trial.until)}`}
              </p>
            </li>
          ))}
        </ul>
        {inbox.value !== null && trials.length + problems.length === 0 ? <p class="faint">Nothing waits.</p> : null}
      </section>
      <section aria-label="What is asked" class="chosen">
        {asked === null ? null : (
          <p class="back">
            <a href="/inbox">‹ Inbox</a>
          </p>
        )}
        {chosen !== undefined ? (
          <Item key={chosen.trialId + chosen.needs} trial={chosen} />
        ) : asked !== null && inbox.value !== null ? (
          <NoLonger trialId={asked} />
        ) : null}
      </section>
    </div>
  );
}

function Item({ trial }: { readonly trial: WaitingTrialView }) {
  return (
    <article class="item">
      <h2>{itemWords(trial)}</h2>
      <p class="faint">
        asked <Ago at={trial.since} />
        {trial.until === null ? '' : `; decide by ${hourText(trial.until)}, ${thenWords(trial)}`}
        {trial.gates.length === 0 ? '' : `; because ${trial.gates.join('; ')}`}
      </p>
      {trial.cause === null ? null : (
        <p class="problem">
          {trial.cause.code}: {trial.cause.message}
        </p>
      )}
      <TrialBlocks trial={trial} />
      {trial.needs === 'approval' ? <ApproveForm trial={trial} /> : null}
      {trial.needs === 'result' ? <EnterForm trial={trial} /> : null}
      {trial.needs === 'resolution' ? <ResolveForm trial={trial} /> : null}
      {trial.needs === 'ruling' ? <RuleForm trial={trial} /> : null}
    </article>
  );
}
