import { useSignal } from '@preact/signals';
import type { Trial, WaitingTrialView } from '../../scripts/serve/shapes.js';
import { faultOf, ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { useRead } from '../use-read.js';
import { numberText, placeInCampaign, trialPath } from '../words.js';
import { ActButton } from './act-button.js';
import { Field } from './field.js';

/** Says what counts of a value that was quarantined: it, another, or none. */
export function RuleForm({ trial }: { readonly trial: WaitingTrialView }) {
  const path = trialPath(trial.trialId);
  const known = useRead<Trial>(path, ({ subject }) => subject === trial.trialId).value.value;
  const reason = useSignal('');
  const lacksReason = useSignal(false);
  const amended = useSignal<Readonly<Record<string, string>>>({});
  const act = useAct(`${path}/acts`);
  const { isBusy, error } = act.state.value;
  const name = placeInCampaign(trial.trialId);
  const rule = (what: 'release' | 'amend' | 'discard', done: string) => {
    lacksReason.value = reason.value.trim() === '';
    if (lacksReason.value) return;
    const changed = Object.entries(amended.value).filter(([, text]) => text.trim() !== '');
    void act.run(
      {
        ...{ act: what, reason: reason.value.trim(), seen: `${trial.generation}.${trial.rulings}` },
        ...(what === 'amend' ? { values: Object.fromEntries(changed.map(([key, text]) => [key, Number(text)])) } : {}),
      },
      `${done} ${name}`,
    );
  };
  if (known === null) return <p class="faint">Reads what it gave…</p>;
  return (
    <div class="form">
      <dl class="pairs">
        {Object.entries(known.values).map(([key, value]) => (
          <div key={key}>
            <dt>{key}, as told</dt>
            <dd class="live">{numberText(value)}</dd>
          </div>
        ))}
      </dl>
      <Field
        label="Reason"
        value={reason.value}
        isLong
        fault={lacksReason.value ? 'say why' : faultOf(error, 'reason')}
        onValue={(text) => {
          reason.value = text;
          lacksReason.value = false;
        }}
      />
      <details>
        <summary>Other values count</summary>
        {Object.keys(known.values).map((key) => (
          <Field
            key={key}
            label={key}
            value={amended.value[key] ?? ''}
            fault={faultOf(error, key)}
            onValue={(text) => (amended.value = { ...amended.value, [key]: text })}
          />
        ))}
        <ActButton needs="operator" isBusy={isBusy} onPress={() => rule('amend', 'amended')}>
          Amend value
        </ActButton>
      </details>
      <ProblemText error={error} />
      <div class="buttons">
        <ActButton needs="scientist" isBusy={isBusy} onPress={() => rule('discard', 'discarded the value of')}>
          Discard value
        </ActButton>
        <ActButton
          needs="operator"
          isBusy={isBusy}
          kind="main"
          onPress={() => rule('release', 'released the value of')}
        >
          Release value
        </ActButton>
      </div>
    </div>
  );
}
