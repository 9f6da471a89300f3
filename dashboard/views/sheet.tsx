import { useSignal } from '@preact/signals';
import type { Outline } from '../../scripts/serve/outline-view.js';
import type { WaitingTrialView } from '../../scripts/serve/shapes.js';
import { ActButton } from '../acts/act-button.js';
import { Field } from '../acts/field.js';
import { ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { campaignPath, numberText, placeInCampaign } from '../words.js';

interface Properties {
  readonly id: string;
  readonly outline: Outline | null;
  /** All that waits for people. */
  readonly waiting: readonly WaitingTrialView[];
}

interface Entered {
  readonly items: readonly { readonly trial: string; readonly entered: boolean; readonly why: string | null }[];
}

/** What people are to measure, as a table to print or to fill in; results are typed here, or pasted back from a spreadsheet. */
export function Sheet({ id, outline, waiting }: Properties) {
  const typed = useSignal<Readonly<Record<string, string>>>({});
  const pasted = useSignal('');
  const entered = useSignal<Entered['items']>([]);
  const act = useAct(`${campaignPath(id)}/results`, (answer) => {
    entered.value = (answer as Entered).items;
    typed.value = {};
    pasted.value = '';
  });
  if (outline === null) return <p class="faint">Reads…</p>;
  const rows = waiting.filter(({ trialId, needs }) => needs === 'result' && trialId.startsWith(`${id}/`));
  const measured = [
    ...outline.objectives.filter(({ computed }) => !computed),
    ...outline.outcomes,
    ...outline.contexts,
  ];
  const table = () =>
    [
      ['trial', ...measured.map(({ name }) => name)],
      ...rows.map(({ trialId }) => [
        placeInCampaign(trialId),
        ...measured.map(({ name }) => (typed.value[`${trialId} ${name}`] ?? '').replaceAll(/[\t\n]/g, ' ')),
      ]),
    ]
      .map((cells) => cells.join('\t'))
      .join('\n');
  const run = (text: string) => act.run({ base64: base64Of(text) }, `entered results of ${id}`);
  return (
    <section aria-labelledby="sheet">
      <h2 id="sheet">To be measured ({rows.length})</h2>
      <p class="buttons start">
        <button type="button" class="act plain" onClick={() => print()}>
          Print
        </button>
        <a class="act plain" href={`/api/v1${campaignPath(id)}/asked.csv`} download>
          As CSV
        </a>
      </p>
      <div class="scrolls">
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">trial</th>
              {outline.parameters.map(({ name, unit }) => (
                <th scope="col" key={name}>
                  {unit === null ? name : `${name} [${unit}]`}
                </th>
              ))}
              {measured.map(({ name, unit }) => (
                <th scope="col" key={name}>
                  {unit === null ? name : `${name} [${unit}]`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ trialId, design }) => (
              <tr key={trialId}>
                <th scope="row">{placeInCampaign(trialId)}</th>
                {outline.parameters.map(({ name }) => {
                  const value = design[name];
                  return <td key={name}>{typeof value === 'number' ? numberText(value) : value}</td>;
                })}
                {measured.map(({ name }) => (
                  <td key={name}>
                    <input
                      aria-label={`${name} of ${placeInCampaign(trialId)}`}
                      value={typed.value[`${trialId} ${name}`] ?? ''}
                      onInput={({ currentTarget }) =>
                        (typed.value = { ...typed.value, [`${trialId} ${name}`]: currentTarget.value })
                      }
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="buttons">
        <ActButton needs="operator" isBusy={act.state.value.isBusy} kind="main" onPress={() => void run(table())}>
          Enter what was typed
        </ActButton>
      </div>
      <Field
        label="Or paste the filled table, with its heads"
        value={pasted.value}
        isLong
        onValue={(text) => (pasted.value = text)}
      />
      <div class="buttons">
        <ActButton needs="operator" isBusy={act.state.value.isBusy} onPress={() => void run(pasted.value)}>
          Enter what was pasted
        </ActButton>
      </div>
      <ProblemText error={act.state.value.error} />
      <ul class="list" role="status">
        {entered.value.map(({ trial, entered: isIn, why }) => (
          <li key={trial} class={isIn ? '' : 'problem'}>
            {isIn ? '✓' : '✕'} {placeInCampaign(trial)} {isIn ? 'entered' : `not entered: ${why}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
