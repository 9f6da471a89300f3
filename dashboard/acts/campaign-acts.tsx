import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { CampaignOverview } from '../../scripts/serve/overview.js';
import { ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { ActButton } from './act-button.js';
import { Field } from './field.js';

/** Holds a campaign, lets it go on, or ends it. What can be taken back is done at once; to abort, its name is typed. */
export function CampaignActs({ campaign }: { readonly campaign: Pick<CampaignOverview, 'id' | 'phase' | 'problem'> }) {
  const { id, phase, problem } = campaign;
  const note = useSignal('');
  const typed = useSignal('');
  const dialog = useRef<HTMLDialogElement>(null);
  const act = useAct(`/campaigns/${encodeURIComponent(id)}/acts`);
  const { isBusy, error } = act.state.value;
  const run = async (what: 'pause' | 'resume' | 'drain' | 'abort', done: string) => {
    const reason = note.value.trim() === '' ? {} : { reason: note.value.trim() };
    if (await act.run({ act: what, ...reason }, done)) note.value = '';
  };
  if (phase === 'stopped' || phase === 'aborting') return null;
  return (
    <section aria-label="Hold or end it" class="form">
      <Field label="Note" value={note.value} onValue={(text) => (note.value = text)} />
      <ProblemText error={error} />
      <div class="buttons">
        {phase === 'paused' || phase === 'draining' || problem !== null ? (
          <ActButton needs="operator" isBusy={isBusy} kind="main" onPress={() => void run('resume', `${id} goes on`)}>
            Go on
          </ActButton>
        ) : null}
        {phase === 'running' ? (
          <ActButton needs="operator" isBusy={isBusy} onPress={() => void run('pause', `paused ${id}`)}>
            Pause: start nothing
          </ActButton>
        ) : null}
        {phase === 'running' || phase === 'paused' ? (
          <ActButton
            needs="operator"
            isBusy={isBusy}
            onPress={() => void run('drain', `${id} stops after running trials`)}
          >
            Stop after running trials
          </ActButton>
        ) : null}
        <ActButton needs="operator" isBusy={isBusy} onPress={() => dialog.current?.showModal()}>
          Abort…
        </ActButton>
      </div>
      <dialog ref={dialog}>
        <p>Aborting cancels what is in flight, and the campaign ends. What was measured is kept.</p>
        <Field
          label={`Type its name, ${id}, to abort it`}
          value={typed.value}
          onValue={(text) => (typed.value = text)}
        />
        <div class="buttons">
          <button type="button" class="act plain" onClick={() => dialog.current?.close()}>
            Back
          </button>
          {typed.value === id ? (
            <ActButton
              needs="operator"
              isBusy={isBusy}
              kind="main"
              onPress={() => {
                dialog.current?.close();
                void run('abort', `aborts ${id}`);
              }}
            >
              Abort {id}
            </ActButton>
          ) : null}
        </div>
      </dialog>
    </section>
  );
}
