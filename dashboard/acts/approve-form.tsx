import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { WaitingTrialView } from '../../scripts/serve/shapes.js';
import { ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { placeInCampaign, trialPath } from '../words.js';
import { ActButton } from './act-button.js';
import { EditForm } from './edit-form.js';
import { Field } from './field.js';

/** Approves a proposal, rejects it, or puts another design in its place. */
export function ApproveForm({ trial }: { readonly trial: WaitingTrialView }) {
  const reason = useSignal('');
  const isEditing = useSignal(false);
  const lacksReason = useSignal(false);
  const form = useRef<HTMLDivElement>(null);
  const act = useAct(`${trialPath(trial.trialId)}/acts`);
  const name = placeInCampaign(trial.trialId);
  const { isBusy, error } = act.state.value;
  const why = () => reason.value.trim();
  const approve = () =>
    act.run({ act: 'approve', ...(why() === '' ? {} : { reason: why() }) }, `approved ${name}: it begins when it may`);
  const reject = () => {
    lacksReason.value = why() === '';
    if (lacksReason.value) form.current?.querySelector('textarea')?.focus();
    else void act.run({ act: 'reject', reason: why() }, `rejected ${name}`);
  };
  if (isEditing.value) return <EditForm trial={trial} onLeave={() => (isEditing.value = false)} />;
  return (
    <div class="form" ref={form}>
      <Field
        label="Reason or note (needed to reject)"
        value={reason.value}
        isLong
        fault={lacksReason.value ? 'say why it is rejected' : null}
        onValue={(text) => {
          reason.value = text;
          lacksReason.value = false;
        }}
      />
      <ProblemText error={error} />
      <div class="buttons">
        <ActButton needs="operator" isBusy={isBusy} onPress={reject}>
          Reject
        </ActButton>
        <ActButton needs="scientist" isBusy={isBusy} onPress={() => (isEditing.value = true)}>
          Edit…
        </ActButton>
        <ActButton needs="operator" isBusy={isBusy} kind="main" onPress={() => void approve()}>
          Approve and run
        </ActButton>
      </div>
    </div>
  );
}
