import type { Outline } from '../../scripts/serve/outline-view.js';
import type { Trial } from '../../scripts/serve/shapes.js';
import { ProblemText } from '../problem-text.js';
import { State, trialState } from '../states.js';
import { useRead } from '../use-read.js';
import { Ago, campaignOf, expectedText, numberText, trialPath, withUnit } from '../words.js';
import { Decisions } from './record.js';
import { itemHref } from './waiting-words.js';

/** One trial: what it was, why, what came of it, and what people decided on it. */
export function TrialPanel({ id, outline }: { readonly id: string; readonly outline: Outline | null }) {
  const { value: trial, error } = useRead<Trial>(trialPath(id), ({ subject }) => subject === id).value;
  if (trial === null) return error === null ? <p class="faint">Reads {id}…</p> : <ProblemText error={error} />;
  const { mean, sd, text } = trial.reason;
  const outcomes = [...(outline?.objectives ?? []), ...(outline?.outcomes ?? [])];
  const unitOf = (name: string) =>
    [...outcomes, ...(outline?.parameters ?? [])].find((one) => one.name === name)?.unit ?? null;
  return (
    <article class="item">
      <h2>{trial.id}</h2>
      <State
        of={trialState(trial)}
        note={trial.cause === null ? null : `${trial.cause.class}: ${trial.cause.message}`}
      />
      {trial.needs === null && trial.outcome !== 'quarantined' ? null : (
        <p>
          <a href={itemHref({ trialId: trial.id })}>To what is asked of it</a>
        </p>
      )}
      <Pairs
        head="What came of it"
        pairs={Object.entries(trial.values).map(([name, value]) => {
          const noise = trial.noise[name] ?? 0;
          return [
            name,
            withUnit(noise > 0 ? `${numberText(value)} ± ${numberText(noise)} (sd)` : numberText(value), unitOf(name)),
          ];
        })}
      />
      <Pairs head="Design" pairs={designPairs(trial.design, unitOf)} />
      {trial.achieved === null ? null : <Pairs head="Set in truth" pairs={designPairs(trial.achieved, unitOf)} />}
      <h3>Why</h3>
      <p>{text}</p>
      {mean === null || sd === null ? null : (
        <p>
          expected {expectedText(mean, sd)} (sd) at {trial.fidelity}
        </p>
      )}
      <p class="faint">
        level {trial.fidelity}, cost {numberText(trial.cost ?? trial.estimatedCost)}
        {trial.cost === null ? ' expected' : ''}
        {trial.startedAt === null ? null : (
          <>
            ; began <Ago at={trial.startedAt} />
          </>
        )}
        {trial.endedAt === null ? null : (
          <>
            ; ended <Ago at={trial.endedAt} />
          </>
        )}
      </p>
      {Object.entries(trial.artefacts).map(([name, sha]) => (
        <p key={name} class="faint">
          {name}: <code>{sha.slice(0, 16)}…</code>
        </p>
      ))}
      <h3>Decisions</h3>
      <Decisions campaign={campaignOf(id)} trial={id} />
    </article>
  );
}

function designPairs(
  design: Trial['design'],
  unitOf: (name: string) => string | null,
): readonly (readonly [string, string])[] {
  return Object.entries(design).map(([name, value]) => [
    name,
    withUnit(typeof value === 'number' ? numberText(value) : value, unitOf(name)),
  ]);
}

function Pairs({ head, pairs }: { readonly head: string; readonly pairs: readonly (readonly [string, string])[] }) {
  if (pairs.length === 0) return null;
  return (
    <>
      <h3>{head}</h3>
      <dl class="pairs">
        {pairs.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
