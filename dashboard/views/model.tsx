import { useSignal } from '@preact/signals';
import { ProblemText } from '../problem-text.js';
import { useRead } from '../use-read.js';
import { campaignPath } from '../words.js';

/** What the models of a campaign learned, as the report tells it; computed when it is opened, and again by the button. */
export function Model({ id }: { readonly id: string }) {
  const times = useSignal(0);
  return <Told key={times.value} id={id} again={() => times.value++} />;
}

function Told({ id, again }: { readonly id: string; readonly again: () => void }) {
  const { value, error } = useRead<{ readonly html: string }>(`${campaignPath(id)}/model`, () => false).value;
  if (value === null)
    return error === null ? <p role="status">Computes what the models learned…</p> : <ProblemText error={error} />;
  return (
    <>
      <p>
        <button type="button" class="act plain" onClick={again}>
          Compute again from what is known now
        </button>
      </p>
      <div class="figure live" dangerouslySetInnerHTML={{ __html: value.html }} />
    </>
  );
}
