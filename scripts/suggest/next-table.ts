import papaparse from 'papaparse';
import type { Campaign } from '../../models/domain/campaign.js';
import type { Proposal } from '../../models/domain/proposal.js';
import type { TrialRecord } from '../../models/domain/record.js';
import { asWritten } from '../../models/domain/written.js';
import type { Column } from './columns.js';

/**
 * The proposals as lines of a person's table: CSV in the given columns, trials marked `pending` where there is a column
 * for it, and the cells of value, cost and ignored columns empty, to be filled in. Numbers have the digits that matter, but in
 * pools, whose values stand in a file; what is written here is what is measured.
 *
 * @param known - trials so far, from which the proposals are to be told apart
 */
export function nextTable(
  { space }: Campaign,
  known: readonly TrialRecord[],
  proposals: readonly Proposal[],
  { columns, delimiter }: { readonly columns: readonly Column[]; readonly delimiter: string },
): string {
  const designs = [...proposals, ...known.map(({ proposal }) => proposal)].map(({ design }) => design);
  const written = space.pool === null ? asWritten(space.parameters, designs) : designs;
  const cell = (proposal: Proposal, place: number, { role }: Column) => {
    if (role.kind === 'parameter') return written[place]![role.name];
    if (role.kind === 'row') return proposal.rowId;
    if (role.kind === 'fidelity') return proposal.fidelity;
    return role.kind === 'outcome' ? 'pending' : '';
  };
  const fields = columns.map(({ header }) => header);
  const data = proposals.map((proposal, place) => columns.map((column) => cell(proposal, place, column) ?? ''));
  return `${papaparse.unparse({ fields, data }, { delimiter, newline: '\n', escapeFormulae: false })}\n`;
}
