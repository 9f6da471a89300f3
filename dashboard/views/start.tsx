import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { InferredColumn } from '../../scripts/serve/infer-columns.js';
import { ActButton } from '../acts/act-button.js';
import { Field } from '../acts/field.js';
import { readBase64 } from '../acts/read-base64.js';
import { newKey, send } from '../api.js';
import { campaignText, type Wanted } from '../campaign-text.js';
import { go } from '../place.js';
import { ProblemText } from '../problem-text.js';
import { useAct } from '../use-act.js';
import { campaignHref } from '../words.js';
import { ColumnTable } from './column-table.js';

/** A table that was given. */
interface Given {
  readonly name: string;
  readonly base64: string;
}

interface Report {
  readonly valid: boolean;
  readonly id: string | null;
  readonly poolSize: number | null;
  readonly parameters: readonly { readonly name: string }[] | null;
  readonly notes: readonly string[];
  readonly faults: readonly { readonly path: string; readonly message: string; readonly remedy?: string }[];
}

const typedMs = 400;

/** Starts a campaign from a table: what its columns are, what is wanted, the file that comes of it, checked as it is typed. */
export function Start() {
  const table = useSignal<Given | null>(null);
  const columns = useSignal<readonly InferredColumn[]>([]);
  const wanted = useSignal<Wanted>({
    name: 'my-campaign',
    isPool: true,
    direction: 'maximise',
    trials: '20',
    parallel: '3',
  });
  const text = useSignal('');
  const report = useSignal<Report | null>(null);
  const error = useSignal<Error | null>(null);
  const act = useAct('/campaigns', (answer) => go(campaignHref((answer as { readonly id: string }).id)));
  const body = () => ({ campaign: text.value, files: table.value === null ? [] : [table.value] });
  const rewrite = () => {
    text.value = campaignText(table.value?.name ?? 'table.csv', columns.value, wanted.value);
  };
  const take = async (file: File) => {
    try {
      const given = { name: file.name.replace(/[^\w .-]/g, '_'), base64: await readBase64(file) };
      const read = await send<{ readonly columns: readonly InferredColumn[] }>('/tables', given, newKey());
      table.value = given;
      columns.value = read.columns;
      error.value = null;
      rewrite();
    } catch (cause) {
      error.value = cause as Error;
    }
  };
  const say = (changes: Partial<Wanted>) => {
    wanted.value = { ...wanted.value, ...changes };
    rewrite();
  };
  useEffect(() => {
    if (text.value === '') return;
    let isOver = false;
    const timer = setTimeout(async () => {
      const said = await send<Report>('/campaigns/validate', body(), newKey()).catch((cause: Error) => {
        error.value = cause;
        return null;
      });
      if (!isOver) report.value = said;
    }, typedMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [text.value]);
  const isPool = wanted.value.isPool;
  return (
    <>
      <h1>Start a campaign</h1>
      <label class="field">
        A table (CSV or Excel): a row for each candidate, or for each experiment that was done
        <input
          type="file"
          accept=".csv,.tsv,.txt,.xlsx"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file !== undefined) void take(file);
          }}
        />
      </label>
      <ProblemText error={error.value} />
      {columns.value.length === 0 ? null : (
        <>
          <h2>What its columns are</h2>
          <ColumnTable
            columns={columns.value}
            onChange={(changed) => {
              columns.value = changed;
              rewrite();
            }}
          />
          <h2>What is wanted</h2>
          <div class="fields">
            <label class="field">
              The rows are
              <select
                value={isPool ? 'pool' : 'ranges'}
                onChange={({ currentTarget }) => say({ isPool: currentTarget.value === 'pool' })}
              >
                <option value="pool">candidates: one of them is chosen each time</option>
                <option value="ranges">examples: anything within their ranges is chosen</option>
              </select>
            </label>
            <label class="field">
              The best is
              <select
                value={wanted.value.direction}
                onChange={({ currentTarget }) => say({ direction: currentTarget.value as Wanted['direction'] })}
              >
                <option value="maximise">the highest</option>
                <option value="minimise">the lowest</option>
              </select>
            </label>
            <Field label="Name" value={wanted.value.name} onValue={(name) => say({ name })} />
            <Field label="Budget: trials" value={wanted.value.trials} onValue={(trials) => say({ trials })} />
            <Field label="At the same time" value={wanted.value.parallel} onValue={(parallel) => say({ parallel })} />
          </div>
          <h2>The campaign file</h2>
          <label class="field">
            As it will be run; change it as you like
            <textarea
              class="code"
              rows={16}
              spellcheck={false}
              value={text.value}
              onInput={({ currentTarget }) => (text.value = currentTarget.value)}
            />
          </label>
          <Checked report={report.value} />
          <ProblemText error={act.state.value.error} />
          <div class="buttons">
            {report.value?.valid === true ? (
              <ActButton
                needs="scientist"
                isBusy={act.state.value.isBusy}
                kind="main"
                onPress={() => void act.run(body(), `started ${report.value?.id}`)}
              >
                Start {report.value.id}
              </ActButton>
            ) : null}
          </div>
        </>
      )}
    </>
  );
}

function Checked({ report }: { readonly report: Report | null }) {
  if (report === null) return <p class="faint">Checks…</p>;
  if (report.valid)
    return (
      <div role="status">
        <p>✓ valid</p>
        <ul>
          {[sizeWords(report), ...report.notes].map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </div>
    );
  return (
    <div class="problem" role="status">
      <p>
        <strong>{report.faults.length === 1 ? 'One thing is' : `${report.faults.length} things are`} not right:</strong>
      </p>
      <ul>
        {report.faults.map(({ path, message, remedy }) => (
          <li key={`${path} ${message}`}>
            <code>{path}</code> {message}
            {remedy === undefined ? '' : `; ${remedy}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function sizeWords({ poolSize, parameters }: Report): string {
  if (poolSize !== null) return `${poolSize} candidates to choose among`;
  return `anything within the ranges of ${(parameters ?? []).map(({ name }) => name).join(', ')}`;
}
