import papaparse from 'papaparse';
import type { Proposal } from '../../models/domain/proposal.js';
import type { Column } from './columns.js';

/**
 * The proposals as lines of a person's table: CSV in the given columns, trials marked `pending` where there is a column
 * for it, and the cells of value, cost and ignored columns empty, to be filled in.
 */
export function nextTable(
  proposals: readonly Proposal[],
  { columns, delimiter }: { readonly columns: readonly Column[]; readonly delimiter: string },
): string {
  const cell = (proposal: Proposal, { role }: Column) => {
    if (role.kind === 'parameter') return proposal.design[role.name];
    if (role.kind === 'row') return proposal.rowId;
    if (role.kind === 'fidelity') return proposal.fidelity;
    return role.kind === 'outcome' ? 'pending' : '';
  };
  const fields = columns.map(({ header }) => header);
  const data = proposals.map((proposal) => columns.map((column) => cell(proposal, column) ?? ''));
  return `${papaparse.unparse({ fields, data }, { delimiter, newline: '\n', escapeFormulae: false })}\n`;
}
