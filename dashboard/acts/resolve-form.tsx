import { useSignal } from '@preact/signals';
import type { WaitingTrialView } from '../../scripts/serve/shapes.js';
import { faultOf, ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { placeInCampaign, trialPath } from '../words.js';
import { ActButton } from './act-button.js';
import { Field } from './field.js';

/** Says what became of a job of which nobody can tell whether it started. */
export function ResolveForm({ trial }: { readonly trial: WaitingTrialView }) {
  const reason = useSignal('');
  const job = useSignal('');
  const lacks = useSignal<'reason' | 'job' | null>(null);
  const cause = useSignal('device');
  const act = useAct(`${trialPath(trial.trialId)}/acts`);
  const { isBusy, error } = act.state.value;
  const name = placeInCampaign(trial.trialId);
  const why = () => reason.value.trim();
  const seen = `${trial.generation}.${trial.rulings}`;
  const say = (body: Readonly<Record<string, unknown>>, done: string, needed: 'reason' | 'job' | null) => {
    lacks.value = why() === '' ? 'reason' : needed === 'job' && job.value.trim() === '' ? 'job' : null;
    if (lacks.value === null) void act.run({ reason: why(), ...body }, done);
  };
  return (
    <div class="form">
      <p>
        Look at the device, then say what you found. Nobody can tell from here whether it started; the trial waits and
        others go on.
      </p>
      <Field
        label="Reason: what you saw"
        value={reason.value}
        isLong
        fault={lacks.value === 'reason' ? 'say what you saw' : faultOf(error, 'reason')}
        onValue={(text) => (reason.value = text)}
      />
      <Field
        label="It started: the device's name of the job"
        value={job.value}
        fault={lacks.value === 'job' ? 'which job of the device is it?' : faultOf(error, 'started')}
        onValue={(text) => (job.value = text)}
      />
      <label class="field">
        It failed, because of
        <select value={cause.value} onChange={({ currentTarget }) => (cause.value = currentTarget.value)}>
          <option value="device">a device</option>
          <option value="operator">a slip of a person</option>
          <option value="chemistry">the chemistry: a finding about this design</option>
          <option value="unknown">nobody knows what</option>
        </select>
      </label>
      <ProblemText error={error} />
      <div class="buttons">
        <ActButton
          needs="operator"
          isBusy={isBusy}
          onPress={() => say({ act: 'failed', cause: cause.value, seen }, `${name} counts as failed`, 'reason')}
        >
          It failed
        </ActButton>
        <ActButton
          needs="operator"
          isBusy={isBusy}
          onPress={() => say({ act: 'retry', notStarted: true, seen }, `${name} is done again`, 'reason')}
        >
          It did not start: do it again
        </ActButton>
        <ActButton
          needs="operator"
          isBusy={isBusy}
          kind="main"
          onPress={() => say({ act: 'resolve', started: job.value.trim() }, `${name} goes on with its job`, 'job')}
        >
          It started
        </ActButton>
      </div>
    </div>
  );
}
