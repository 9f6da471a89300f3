/** States in a word and a shape, so that none is told by its colour alone. */
const shapes: Readonly<Record<string, readonly [shape: string, words: string]>> = {
  running: ['▸', 'running'],
  paused: ['‖', 'paused'],
  draining: ['▽', 'draining: ends what runs, starts nothing'],
  aborting: ['✕', 'aborting'],
  stopped: ['■', 'stopped'],
  proposed: ['○', 'waits to begin'],
  withdrawn: ['–', 'withdrawn'],
  measured: ['✓', 'measured'],
  failed: ['✕', 'failed'],
  quarantined: ['⚑', 'quarantined'],
  cancelled: ['–', 'cancelled'],
  unknown: ['?', 'unknown: we cannot tell whether it started'],
};

/** A state as everywhere on the page. */
export function State({ of, note }: { readonly of: string; readonly note?: string | null }) {
  const [shape, words] = shapes[of] ?? ['·', of];
  return (
    <span class={`state state-${of}`}>
      <span aria-hidden="true">{shape}</span> {words}
      {note === undefined || note === null ? null : <span class="faint"> {note}</span>}
    </span>
  );
}

/** The state of a trial in one word: what came of it, or where it stands. */
export function trialState({ state, outcome }: { readonly state: string; readonly outcome: string | null }): string {
  return outcome ?? state;
}
