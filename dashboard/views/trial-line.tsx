import type { TrialRow } from '../../scripts/serve/trial-rows.js';
import { withQuery } from '../place.js';
import { State } from '../states.js';
import { expectedText, numberText, placeInCampaign } from '../words.js';

/** A column of the table. */
export interface Column {
  readonly name: string;
  readonly words: string;
  readonly isNumber: boolean;
  readonly unit: string | null;
}

interface Properties {
  /** Its place among the lines. */
  readonly at: number;
  /** Null until it was read. */
  readonly row: TrialRow | null;
  readonly columns: readonly Column[];
  readonly chosen: string | null;
  readonly best: string | null;
}

/** A trial as a line of the table. */
export function TrialLine({ at, row, columns, chosen, best }: Properties) {
  if (row === null)
    return (
      <tr aria-rowindex={at + 2}>
        <td colSpan={columns.length} class="faint">
          …
        </td>
      </tr>
    );
  const name = placeInCampaign(row.id).replace('/', '-');
  return (
    <tr aria-rowindex={at + 2} class={row.id === best ? 'best' : ''} aria-selected={name === chosen}>
      {columns.map((column) =>
        column.name === 'id' ? (
          <th key="id" scope="row">
            <a href={withQuery({ trial: name })}>{placeInCampaign(row.id)}</a>
            {row.id === best ? ' best' : ''}
          </th>
        ) : (
          <td key={column.name} class={column.isNumber ? 'number' : ''}>
            {column.name === 'state' ? <State of={row.state} note={row.cause} /> : cellText(row, column.name)}
          </td>
        ),
      )}
    </tr>
  );
}

function cellText(row: TrialRow, column: string): string {
  if (column === 'row') return row.rowId ?? '';
  if (column === 'fidelity') return row.fidelity;
  if (column === 'cost') return row.cost === null ? '' : numberText(row.cost);
  if (column === 'expected') return row.mean === null || row.sd === null ? '' : expectedText(row.mean, row.sd);
  const measured = row.values[column];
  if (measured !== undefined) {
    const noise = row.noise[column] ?? 0;
    return noise > 0 ? `${numberText(measured)} ± ${numberText(Number(noise.toPrecision(3)))}` : numberText(measured);
  }
  const set = row.design[column];
  return typeof set === 'number' ? numberText(set) : (set ?? '');
}
