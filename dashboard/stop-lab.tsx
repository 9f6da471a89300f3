import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ReportRow, StopReport } from '../scripts/stopd/stop-report.js';
import { useRead } from './use-read.js';
import { hourText } from './words.js';

/** What the API says of safe stops. */
interface StopState {
  /** Where the stop process is; null where there is none. */
  readonly url: string | null;
  readonly stops: readonly {
    readonly lab: string | null;
    readonly who: string;
    readonly why: string;
    readonly at: number;
  }[];
  readonly report: StopReport | null;
}

interface Line extends Partial<ReportRow> {
  readonly type: string;
  readonly trouble?: string | null;
}

const key = 'athanor-stop-url';

/**
 * STOP LAB, on every view and always on: one press, no question. It speaks to the stop process alone, which needs no other server; a plain
 * form goes there where a script could not.
 */
export function StopLab() {
  const { value } = useRead<StopState>('/stop', ({ kind }) => /^(act|standstill|lab|instrument)\./.test(kind)).value;
  // Where it is stays known while the API is away.
  const url = value?.url ?? localStorage.getItem(key);
  const rows = useSignal<readonly ReportRow[]>([]);
  const stage = useSignal<'none' | 'stopping' | 'stopped' | 'failed'>('none');
  const trouble = useSignal<string | null>(null);
  useEffect(() => {
    if (value?.url != null) localStorage.setItem(key, value.url);
  }, [value?.url]);
  const press = () => {
    if (url === null || stage.value === 'stopping') return;
    stage.value = 'stopping';
    rows.value = [];
    trouble.value = null;
    void stopped(url, (line) => {
      if (line.type === 'row') rows.value = [...rows.value, line as ReportRow];
      if (line.type === 'stopped') {
        stage.value = 'stopped';
        trouble.value = line.trouble ?? null;
      }
    })
      .catch(() => undefined)
      .then(() => {
        if (stage.value === 'stopping') stage.value = 'failed';
      });
  };
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.ctrlKey && event.shiftKey && event.code === 'Period') press();
    };
    addEventListener('keydown', hear);
    return () => removeEventListener('keydown', hear);
  });
  if (url === null) return null;
  const told = stage.value === 'none' && (value?.stops.length ?? 0) > 0 ? (value?.report?.rows ?? []) : rows.value;
  return (
    <>
      <form
        class="stop-lab"
        method="post"
        action={`${url}/stop`}
        onSubmit={(event) => {
          event.preventDefault();
          press();
        }}
      >
        <button type="submit">
          <span aria-hidden="true">■</span> STOP LAB
        </button>
      </form>
      {stage.value === 'none' && (value?.stops.length ?? 0) === 0 ? null : (
        <section class="stops" role="alert" aria-label="Safe stop">
          {stage.value === 'stopping' ? <p>Stopping…</p> : null}
          {stage.value === 'failed' ? (
            <p>
              NOT CONFIRMED: the stop process did not answer. Press the red buttons of the instruments.{' '}
              <a href={`${url}/`}>To the stop process</a>
            </p>
          ) : null}
          {value?.stops.map(({ lab, who, at, why }) => (
            <p key={`${lab} ${at}`}>
              {lab ?? 'LAB'} STOPPED {hourText(at)} by {who}: “{why}”. Nothing begins until it is released.
            </p>
          ))}
          {trouble.value === null ? null : <p>{trouble.value}</p>}
          <ul>
            {told.map((row) => (
              <li key={row.instrument}>
                {row.byHand !== null
                  ? `✓ ${row.instrument}: stopped by hand, says ${row.byHand.who}`
                  : row.confirmed
                    ? `✓ ${row.instrument}: safe in ${(row.ms / 1_000).toFixed(1)} s`
                    : `✕ ${row.instrument}: NOT CONFIRMED. ${row.action} (${row.why})`}
              </li>
            ))}
          </ul>
          <a href={`${url}/`}>Release the stop, or mark what was stopped by hand…</a>
        </section>
      )}
    </>
  );
}

/** Sends the stop, and tells each line of the answer as it comes. */
async function stopped(url: string, tell: (line: Line) => void): Promise<void> {
  const response = await fetch(`${url}/stop`, {
    method: 'POST',
    credentials: 'include',
    headers: { Accept: 'application/x-ndjson' },
    body: new URLSearchParams({ reason: 'STOP LAB' }),
  });
  if (!response.ok || response.body === null) throw new Error(`${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line !== '') tell(JSON.parse(line) as Line);
  }
}
