import { useSignal } from '@preact/signals';
import type { WhyTold } from '../../scripts/serve/explain.js';
import { ProblemText } from '../problem-text.js';
import { useRead } from '../use-read.js';
import { expectedText, numberText, trialPath } from '../words.js';

/** What a proposal was preferred to; computed when it is asked for. */
export function Alternatives({ trialId }: { readonly trialId: string }) {
  const isOpen = useSignal(false);
  return (
    <details onToggle={({ currentTarget }) => (isOpen.value = currentTarget.open)}>
      <summary>What else: the next best at its time</summary>
      {isOpen.value ? <Told trialId={trialId} /> : null}
    </details>
  );
}

function Told({ trialId }: { readonly trialId: string }) {
  const { value, error } = useRead<WhyTold>(`${trialPath(trialId)}/why`, () => false).value;
  if (value === null)
    return error === null ? (
      <p class="faint">Decides its round again from its record…</p>
    ) : (
      <ProblemText error={error} />
    );
  if (value.none !== null) return <p>No alternatives: {value.none}.</p>;
  return (
    <ul class="list">
      {value.alternatives.map(({ design, rowId, fidelity, mean, sd, promise, text }) => (
        <li key={JSON.stringify([design, fidelity])}>
          {rowId === null ? '' : `${rowId}: `}
          {Object.entries(design)
            .map(([name, cell]) => `${name} ${typeof cell === 'number' ? numberText(cell) : cell}`)
            .join(', ')}{' '}
          at {fidelity}
          <p class="faint">
            {mean === null || sd === null ? '' : `expected ${expectedText(mean, sd)} (sd); `}
            {promise === null ? '' : `${Math.round(100 * promise)} % of what the proposal promised; `}
            {text}
          </p>
        </li>
      ))}
    </ul>
  );
}
