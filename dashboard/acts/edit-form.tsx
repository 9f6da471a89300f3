import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Outline } from '../../scripts/serve/outline-view.js';
import type { Trial, WaitingTrialView } from '../../scripts/serve/shapes.js';
import { faultOf, ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { useRead } from '../use-read.js';
import { campaignOf, expectedText, placeInCampaign, trialPath } from '../words.js';
import { ActButton } from './act-button.js';
import { Field, focusFirstFault } from './field.js';

/** Puts a person's own design in the place of a proposal; that is kept beside it. */
export function EditForm({ trial, onLeave }: { readonly trial: WaitingTrialView; readonly onLeave: () => void }) {
  const outline = useRead<Outline>(`/campaigns/${encodeURIComponent(campaignOf(trial.trialId))}/outline`, () => false);
  const values = useSignal<Readonly<Record<string, string>>>(
    Object.fromEntries(Object.entries(trial.design).map(([name, value]) => [name, String(value)])),
  );
  const reason = useSignal('');
  const lacksReason = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const instead = useSignal<Trial | null>(null);
  const act = useAct(`${trialPath(trial.trialId)}/acts`, (answer) => {
    instead.value = answer as Trial;
  });
  const { isBusy, error } = act.state.value;
  const submit = async (event: Event) => {
    event.preventDefault();
    lacksReason.value = reason.value.trim() === '';
    const changed = Object.entries(values.value).filter(([name, text]) => text !== String(trial.design[name]));
    const body = { act: 'edit', reason: reason.value.trim(), values: Object.fromEntries(changed) };
    if (!lacksReason.value) await act.run(body, `edited ${placeInCampaign(trial.trialId)}`);
    focusFirstFault(form.current);
  };
  const parameters = outline.value.value?.parameters ?? [];
  return (
    <form class="form" ref={form} onSubmit={submit} noValidate>
      <h3>Another design in its place</h3>
      <p class="faint">
        The proposal is kept beside yours. What the models expect of yours is told before anything begins that needs an
        approval.
      </p>
      {Object.keys(trial.design).map((name) => {
        const known = parameters.find((one) => one.name === name);
        const bounds = known?.bounds;
        return (
          <Field
            key={name}
            label={known?.unit == null ? name : `${name} [${known.unit}]`}
            value={values.value[name] ?? ''}
            fault={faultOf(error, name)}
            {...(bounds == null ? {} : { hint: `from ${bounds[0]} to ${bounds[1]}` })}
            onValue={(text) => (values.value = { ...values.value, [name]: text })}
          />
        );
      })}
      <Field
        label="Reason"
        value={reason.value}
        isLong
        fault={lacksReason.value ? 'say why' : null}
        onValue={(text) => (reason.value = text)}
      />
      <ProblemText error={error} />
      {instead.value === null ? null : (
        <p role="status">
          {placeInCampaign(instead.value.id)} takes its place
          {instead.value.reason.mean === null || instead.value.reason.sd === null
            ? ''
            : `; expected of it: ${expectedText(instead.value.reason.mean, instead.value.reason.sd)} (sd)`}
        </p>
      )}
      <div class="buttons">
        <button type="button" class="act plain" onClick={onLeave}>
          Back
        </button>
        <ActButton needs="scientist" isBusy={isBusy} kind="main" type="submit">
          Put mine in its place
        </ActButton>
      </div>
    </form>
  );
}
