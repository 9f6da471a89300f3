import { readAmounts } from '../../models/domain/amounts.js';
import type { Campaign } from '../../models/domain/campaign.js';
import type { Proposal } from '../../models/domain/proposal.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { asWritten } from '../../models/domain/written.js';
import type { Dialect } from '../../models/table/table.js';
import { type CellValue, writeTable } from '../../models/table/write-table.js';
import type { Column } from './columns.js';

/**
 * The proposals as lines of a person's table: CSV in the given columns and the dialect of that table, trials marked
 * `pending` where there is a column for it, and the cells of value, cost and ignored columns empty, to be filled in. Numbers
 * have the digits that matter, but in pools, whose values stand in a file; what is written here is what is measured.
 *
 * @param known - trials so far, from which the proposals are to be told apart
 * @param layout - `raw`: texts that begin a formula as they stand, not escaped
 */
export function nextTable(
  { space }: Campaign,
  known: readonly TrialRecord[],
  proposals: readonly Proposal[],
  { columns, dialect, raw }: { readonly columns: readonly Column[]; readonly dialect: Dialect; readonly raw: boolean },
): string {
  const designs = [...proposals, ...known.map(({ proposal }) => proposal)].map(({ design }) => design);
  const written = space.pool === null ? asWritten(space, designs) : designs;
  const cell = ({ rowId, fidelity }: Proposal, place: number, { role }: Column): CellValue => {
    if (role.kind === 'parameter') return written[place]![role.name];
    if (role.kind === 'amount') return amountOf(String(written[place]![role.name]), role.component);
    if (role.kind === 'row') return rowId;
    if (role.kind === 'fidelity') return fidelity;
    return role.kind === 'outcome' ? 'pending' : '';
  };
  const rows = proposals.map((proposal, place) => columns.map((column) => cell(proposal, place, column)));
  const text = writeTable(
    columns.map(({ header }) => header),
    rows,
    { ...dialect, raw },
  );
  // Excel takes a text without this mark for one of its own encoding.
  return /[^\p{ASCII}]/u.test(text) ? `\uFEFF${text}` : text;
}

function amountOf(text: string, component: string): number | undefined {
  const amounts = readAmounts(text);
  return typeof amounts === 'string' ? undefined : (amounts.get(component) ?? 0);
}
