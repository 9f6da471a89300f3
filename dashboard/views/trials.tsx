import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Outline } from '../../scripts/serve/outline-view.js';
import { Field } from '../acts/field.js';
import { go, place, withQuery } from '../place.js';
import { ProblemText } from '../problem-text.js';
import { rowAt, useRows } from '../use-rows.js';
import { campaignPath } from '../words.js';
import { type Column, TrialLine } from './trial-line.js';
import { TrialPanel } from './trial-panel.js';

/** Height of a line, pixels: as in the style sheet. */
const lineHeight = 44;
/** Lines beyond the edges that are there before they come into view. */
const margin = 12;
const typedMs = 250;

/** All trials of a campaign: filter, order and the chosen one stand in the address; lines out of view are not in the page. */
export function Trials({
  id,
  outline,
  best,
}: {
  readonly id: string;
  readonly outline: Outline | null;
  readonly best: string | null;
}) {
  const { query } = place.value;
  const [filter, sort, chosen] = [query.get('filter') ?? '', query.get('sort') ?? '', query.get('trial')];
  const typed = useSignal(filter);
  const box = useRef<HTMLElement>(null);
  const view = useSignal<readonly [number, number]>([0, 30]);
  const { rows, want } = useRows(id, filter, sort);
  const { total, all, error } = rows.value;
  const look = () => {
    const { scrollTop = 0, clientHeight = 600 } = box.current ?? {};
    const first = Math.max(0, Math.floor(scrollTop / lineHeight) - margin);
    const last = Math.ceil((scrollTop + clientHeight) / lineHeight) + margin;
    if (first !== view.value[0] || last !== view.value[1]) view.value = [first, last];
  };
  useEffect(look, [total]);
  const [first, last] = [Math.min(view.value[0], Math.max(0, total - 1)), Math.min(view.value[1], total - 1)];
  useEffect(() => want(first, last), [first, last, filter, sort]);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed.value !== filter) go(withQuery({ filter: typed.value }), 'replace');
    }, typedMs);
    return () => clearTimeout(timer);
  }, [typed.value]);
  const columns = columnsOf(outline);
  const exported = new URLSearchParams({ filter, sort });
  return (
    <div class={`columns trials ${chosen === null ? 'whole' : 'one'}`}>
      <section aria-label="Trials" class="picker">
        <div class="filter">
          <Field
            label="Filter"
            hint="words that must all hold: state:failed fidelity:dft T>80, or a text"
            value={typed.value}
            onValue={(text) => (typed.value = text)}
          />
          <p role="status">
            {total === all ? `${all} trials` : `${total} of ${all} trials`}{' '}
            <a href={`/api/v1${campaignPath(id)}/rows.csv?${exported}`} download>
              CSV of these
            </a>
          </p>
        </div>
        <ProblemText error={error} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which a keyboard can do only where it has the focus */}
        <section class="scroller" ref={box} onScroll={look} tabIndex={0} aria-label="Table of trials">
          <table aria-rowcount={total + 1}>
            <thead>
              <tr aria-rowindex={1}>
                {columns.map(({ name, words, isNumber }) => (
                  <Head key={name} name={name} words={words} isNumber={isNumber} sort={sort} />
                ))}
              </tr>
            </thead>
            <tbody>
              {first > 0 ? <Gap lines={first} columns={columns.length} /> : null}
              {Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (
                <TrialLine
                  key={first + i}
                  at={first + i}
                  row={rowAt(rows.value, first + i)}
                  columns={columns}
                  chosen={chosen}
                  best={best}
                />
              ))}
              {last < total - 1 ? <Gap lines={total - 1 - last} columns={columns.length} /> : null}
            </tbody>
          </table>
        </section>
      </section>
      {chosen === null ? null : (
        <section aria-label="The chosen trial" class="chosen">
          <p>
            <a href={withQuery({ trial: null })}>‹ All trials</a>
          </p>
          <TrialPanel key={chosen} id={`${id}/${chosen.replace('-', '/')}`} outline={outline} />
        </section>
      )}
    </div>
  );
}

function columnsOf(outline: Outline | null): readonly Column[] {
  const plain = (name: string, words: string, isNumber = false): Column => ({ name, words, isNumber, unit: null });
  const of = (one: { readonly name: string; readonly unit: string | null }): Column => ({
    ...{ name: one.name, unit: one.unit, isNumber: true },
    words: one.unit === null ? one.name : `${one.name} [${one.unit}]`,
  });
  if (outline === null) return [plain('id', 'trial'), plain('state', 'state')];
  return [
    plain('id', 'trial'),
    ...(outline.rowsHaveNames ? [plain('row', 'row')] : []),
    ...[...outline.objectives, ...outline.outcomes].map(of),
    plain('state', 'state'),
    plain('fidelity', 'level'),
    plain('cost', 'cost', true),
    plain('expected', 'expected ± sd', true),
    ...outline.parameters.map((one) => ({ ...of(one), isNumber: one.bounds !== null })),
  ];
}

function Head({
  name,
  words,
  isNumber,
  sort,
}: {
  readonly name: string;
  readonly words: string;
  readonly isNumber: boolean;
  readonly sort: string;
}) {
  const way = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : null;
  const next = way === null ? name : way === 'ascending' ? `-${name}` : null;
  return (
    <th scope="col" class={isNumber ? 'number' : ''} {...(way === null ? {} : { 'aria-sort': way })}>
      <button type="button" onClick={() => go(withQuery({ sort: next }), 'replace')}>
        {words}
        <span aria-hidden="true">{way === null ? '' : way === 'ascending' ? ' ▲' : ' ▼'}</span>
      </button>
    </th>
  );
}

/** Room for lines that are out of view. */
function Gap({ lines, columns }: { readonly lines: number; readonly columns: number }) {
  return (
    <tr class="gap" style={{ height: `${lines * lineHeight}px` }}>
      <td colSpan={columns} />
    </tr>
  );
}
