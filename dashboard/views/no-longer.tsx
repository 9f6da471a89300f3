import type { Trial } from '../../scripts/serve/shapes.js';
import { ProblemText } from '../problem-text.js';
import { State, trialState } from '../states.js';
import { useRead } from '../use-read.js';
import { campaignHref, campaignOf, trialPath } from '../words.js';

/** Of a trial that was asked about and waits for nobody any more: how it stands. */
export function NoLonger({ trialId }: { readonly trialId: string }) {
  const { value, error } = useRead<Trial>(trialPath(trialId), ({ subject }) => subject === trialId).value;
  return (
    <div class="item" role="status">
      <h2>{trialId} waits for nobody any more</h2>
      <ProblemText error={error} />
      {value === null ? null : <State of={trialState(value)} />}
      <p>
        <a href={campaignHref(campaignOf(trialId))}>To its campaign</a>
      </p>
    </div>
  );
}
