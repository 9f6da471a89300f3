import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Outline } from '../../scripts/serve/outline-view.js';
import type { WaitingTrialView } from '../../scripts/serve/shapes.js';
import { faultOf, ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { useRead } from '../use-read.js';
import { campaignOf, placeInCampaign, trialPath, withUnit } from '../words.js';
import { ActButton } from './act-button.js';
import { Field, focusFirstFault } from './field.js';
import { readBase64 } from './read-base64.js';

type Texts = Readonly<Record<string, string>>;

/** What has been typed, without what was left empty. */
function given(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''));
}

/** Enters what a person measured: values with units, what was set in truth, a file; or that it failed. */
export function EnterForm({ trial }: { readonly trial: WaitingTrialView }) {
  const campaign = campaignOf(trial.trialId);
  const outline = useRead<Outline>(`/campaigns/${encodeURIComponent(campaign)}/outline`, () => false).value.value;
  const values = useSignal<Texts>({});
  const achieved = useSignal<Texts>({});
  const contexts = useSignal<Texts>({});
  const note = useSignal('');
  const failed = useSignal('');
  const file = useSignal<File | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const act = useAct(`${trialPath(trial.trialId)}/acts`);
  const { isBusy, error } = act.state.value;
  const submit = async (event: Event) => {
    event.preventDefault();
    const body = {
      act: 'enter',
      ...(note.value.trim() === '' ? {} : { reason: note.value.trim() }),
      ...(trial.step === null ? {} : { step: trial.step }),
      values: given(values.value),
      achieved: given(achieved.value),
      ...(Object.keys(given(contexts.value)).length === 0 ? {} : { contexts: given(contexts.value) }),
      ...(failed.value === '' ? {} : { failed: failed.value }),
      ...(file.value === null ? {} : { file: { name: file.value.name, base64: await readBase64(file.value) } }),
    };
    await act.run(body, `entered the result of ${placeInCampaign(trial.trialId)}`);
    focusFirstFault(form.current);
  };
  if (outline === null) return <p class="faint">Reads what is to be entered…</p>;
  const asked = [...outline.objectives.filter(({ computed }) => !computed), ...outline.outcomes];
  const needsFile = outline.fidelities.find(({ name }) => name === trial.fidelity)?.needsFile ?? null;
  return (
    <form class="form" ref={form} onSubmit={submit} noValidate>
      {trial.instructions === null ? null : <pre class="instructions">{trial.instructions}</pre>}
      <div class="fields">
        {asked.map(({ name, unit }) => (
          <Field
            key={name}
            label={unit === null ? name : `${name} [${unit}]`}
            value={values.value[name] ?? ''}
            hint={unit === null ? 'a number' : `a number in ${unit}, or one with its unit`}
            fault={faultOf(error, name)}
            onValue={(text) => (values.value = { ...values.value, [name]: text })}
          />
        ))}
        {outline.contexts.map(({ name, unit }) => (
          <Field
            key={name}
            label={unit === null ? name : `${name} [${unit}]`}
            value={contexts.value[name] ?? ''}
            hint="of the surroundings"
            fault={faultOf(error, name)}
            onValue={(text) => (contexts.value = { ...contexts.value, [name]: text })}
          />
        ))}
      </div>
      <details>
        <summary>What was set in truth, where that differs</summary>
        <div class="fields">
          {Object.entries(trial.design).map(([name, planned]) => {
            const unit = outline.parameters.find((one) => one.name === name)?.unit;
            return (
              <Field
                key={name}
                label={unit == null ? name : `${name} [${unit}]`}
                hint={`planned: ${withUnit(String(planned), unit)}`}
                value={achieved.value[name] ?? ''}
                fault={faultOf(error, `achieved ${name}`)}
                onValue={(text) => (achieved.value = { ...achieved.value, [name]: text })}
              />
            );
          })}
        </div>
      </details>
      <label class="field">
        {needsFile === null ? 'A photo or file (kept with the trial)' : `File: ${needsFile}`}
        <input type="file" onChange={({ currentTarget }) => (file.value = currentTarget.files?.[0] ?? null)} />
      </label>
      <label class="field">
        Or it gave no value, because of
        <select value={failed.value} onChange={({ currentTarget }) => (failed.value = currentTarget.value)}>
          <option value="">– it gave a value</option>
          <option value="chemistry">the chemistry: a finding about this design</option>
          <option value="device">a device</option>
          <option value="operator">a slip of a person</option>
          <option value="unknown">nobody knows what</option>
        </select>
      </label>
      <Field label="Note" value={note.value} isLong onValue={(text) => (note.value = text)} />
      <ProblemText error={error} />
      <div class="buttons">
        <ActButton needs="operator" isBusy={isBusy} kind="main" type="submit">
          {failed.value === '' ? 'Enter result' : 'Enter as failed'}
        </ActButton>
      </div>
    </form>
  );
}
