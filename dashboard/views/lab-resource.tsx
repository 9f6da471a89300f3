import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { labShape } from '../../scripts/serve/lab-shapes.js';
import { ActButton } from '../acts/act-button.js';
import { Field } from '../acts/field.js';
import { ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { Ago, campaignHref, placeInCampaign, spanText } from '../words.js';

/** A lab as the API tells it. */
export type Lab = z.infer<typeof labShape>;
type Resource = Lab['resources'][number];

const words: Readonly<Record<Resource['state'], readonly [shape: string, words: string]>> = {
  stopped: ['■', 'stopped'],
  fault: ['✕', 'FAULT'],
  paused: ['‖', 'paused'],
  held: ['?', 'unknown: nobody knows what a job of it does'],
  away: ['▲', 'its worker is away'],
  maintenance: ['◇', 'maintenance'],
  busy: ['▸', 'busy'],
  free: ['○', 'free'],
};

/** An instrument or position: what it does, who waits for it, and what people do to it. */
export function LabResource({ lab, resource }: { readonly lab: string; readonly resource: Resource }) {
  const { name, state, kind, simulated, inFlight, queue, standstills, maintenance, seen } = resource;
  const [shape, said] = words[state];
  return (
    <article class="card">
      <h3 class="named">
        {name}
        {simulated ? ' (simulated)' : ''}
      </h3>
      <span class={`state ${state === 'fault' || state === 'held' || state === 'stopped' ? 'state-failed' : ''}`}>
        <span aria-hidden="true">{shape}</span> {said}
      </span>
      {standstills.map((one) => (
        <p key={`${one.kind} ${one.at}`} class="faint">
          {one.kind} by {one.who} <Ago at={one.at} /> “{one.why}”
        </p>
      ))}
      {maintenance === null ? null : (
        <p class="faint">
          maintenance {maintenance.now ? 'now' : `in ${spanText(maintenance.from - Date.now())}`}: {maintenance.why}
        </p>
      )}
      <ul class="list">
        {inFlight.map(({ key, trial, campaign, step, since, held }) => (
          <li key={key}>
            <a href={`${campaignHref(campaign, 'trials')}?trial=${placeInCampaign(trial).replace('/', '-')}`}>
              {trial}
            </a>
            {step === null ? '' : `, step ${step}`}, since <Ago at={since} />
            {held ? '; unknown: we cannot tell whether it still runs' : ''}
          </li>
        ))}
        {queue?.map(({ key, trial, short, paused }) => (
          <li key={key} class="faint">
            waits: {trial}
            {short === null ? '' : `; too little ${short}`}
            {paused ? '; its campaign is paused' : ''}
          </li>
        ))}
      </ul>
      <InstrumentActs lab={lab} name={name} kind={kind} state={state} seen={seen} />
    </article>
  );
}

function InstrumentActs({
  lab,
  name,
  kind,
  state,
  seen,
}: { readonly lab: string } & Pick<Resource, 'name' | 'kind' | 'state' | 'seen'>) {
  const reason = useSignal('');
  const lacksReason = useSignal(false);
  const act = useAct(`/labs/${encodeURIComponent(lab)}/instruments/${encodeURIComponent(name)}/acts`);
  const { isBusy, error } = act.state.value;
  const run = async (what: 'fault' | 'clear' | 'pause' | 'resume', done: string) => {
    lacksReason.value = reason.value.trim() === '';
    if (lacksReason.value) return;
    if (await act.run({ act: what, reason: reason.value.trim(), seen }, done)) reason.value = '';
  };
  const isOut = state === 'fault' || state === 'held' || state === 'stopped';
  return (
    <details>
      <summary>Hold it, or say that it is in order</summary>
      <Field
        label="Reason"
        value={reason.value}
        fault={lacksReason.value ? 'say why' : null}
        onValue={(text) => {
          reason.value = text;
          lacksReason.value = false;
        }}
      />
      <ProblemText error={error} />
      <div class="buttons">
        {kind === 'instrument' && state === 'paused' ? (
          <ActButton needs="operator" isBusy={isBusy} onPress={() => void run('resume', `${name} goes on`)}>
            Resume {name}
          </ActButton>
        ) : kind === 'instrument' && !isOut ? (
          <ActButton needs="operator" isBusy={isBusy} onPress={() => void run('pause', `paused ${name}`)}>
            Pause {name}
          </ActButton>
        ) : null}
        <ActButton needs="operator" isBusy={isBusy} onPress={() => void run('fault', `marked ${name} as faulty`)}>
          Mark fault
        </ActButton>
        {isOut ? (
          <ActButton
            needs="operator"
            isBusy={isBusy}
            kind="main"
            onPress={() => void run('clear', `${name} is in order`)}
          >
            Clear fault
          </ActButton>
        ) : null}
      </div>
    </details>
  );
}
