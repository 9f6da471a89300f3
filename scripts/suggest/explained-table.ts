import type { Campaign } from '../../models/domain/campaign.js';
import type { ContextValues } from '../../models/domain/contexts.js';
import { designKey } from '../../models/domain/design.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import type { Proposal } from '../../models/domain/proposal.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { writtenWith } from '../../models/domain/written.js';
import { writtenArtefacts } from '../../models/strategy/artefacts.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import type { Fixed } from '../../models/strategy/fixed.js';
import { resultChecker } from '../../models/strategy/result.js';
import type { ResultsTable } from './results-table.js';
import { type TableLines, tableLines } from './table-lines.js';

/** A table of results as the record of a campaign, which can be explained. */
export interface ExplainedTable {
  readonly record: CampaignRecord;
  /** The proposal that is asked about; null where it is the campaign. */
  readonly trial: string | null;
  readonly lines: TableLines;
}

/** What `suggest` was told beside the table. */
export interface Kept {
  /** Parameters that keep to a value; null where none does. */
  readonly fixed: Fixed | null;
  /** What contexts were said to be. */
  readonly contexts: ContextValues;
}

/** Proposals that `suggest` may have made at once and that a row is looked for among. */
const mostAtOnce = 12;

/**
 * What is to be explained of a table of results: with nothing asked, what was learned from all of it; with `p2`, the second of the
 * proposals that `suggest` makes now; with the number of a line, the proposal that it holds, asked again of the rows before it.
 *
 * @throws {InvalidInputError} if `which` is neither, or no result that is taken stands in that line
 * @throws {AthanorError} NOT_FOUND where no such proposal is made
 */
export async function explainedTable(
  campaign: Campaign,
  table: ResultsTable,
  which: string | undefined,
  kept: Kept,
): Promise<ExplainedTable> {
  if (which === undefined) {
    // What was learned does not depend on what is left to spend.
    const free = { ...campaign, spec: { ...campaign.spec, budget: {} } };
    return { ...(await asked(free, table, table.results.length, 1, kept)), trial: null };
  }
  const place = /^p([1-9]\d{0,3})$/.exec(which)?.[1];
  if (place !== undefined) {
    const { proposals, ...found } = await asked(campaign, table, table.results.length, Number(place), kept);
    const wanted = proposals[Number(place) - 1];
    if (wanted !== undefined) return { ...found, trial: wanted.id };
    throw new AthanorError(
      'NOT_FOUND',
      `there is no ${which}: ${proposals.length} proposals are made from these results`,
    );
  }
  const row = /^\d+$/.test(which) ? table.lines.indexOf(Number(which)) : -1;
  if (row >= 0) return proposalOfRow(campaign, table, row, kept);
  const [first, last] = [table.lines[0], table.lines.at(-1)];
  const lines = first === undefined ? '' : `the line of a result, ${first} to ${last}, or `;
  const remedy = `${lines}p1 for the first of the proposals that are made now`;
  throw new InvalidInputError('arguments', [{ path: 'trial', message: `'${which}' given`, remedy }]);
}

/** The proposal that a row holds, by what `suggest` gives from the rows before it, or before those that it made at once. */
async function proposalOfRow(
  campaign: Campaign,
  table: ResultsTable,
  row: number,
  kept: Kept,
): Promise<ExplainedTable> {
  const check = resultChecker(campaign);
  const holds = (at: number, proposal: Proposal) => {
    const told = check(table.results[at]!);
    if (!('design' in told) || proposal.fidelity !== told.fidelity.name) return false;
    if (designKey(proposal.design) === designKey(told.design)) return proposal.rowId === told.rowId;
    return proposal.rowId === null && writtenWith(campaign.space, proposal.design, told.design) !== null;
  };
  for (let from = row; from >= Math.max(0, row - mostAtOnce + 1); from--) {
    // The first of a batch is what would have been proposed alone, which costs less to see.
    const { proposals: alone } = await asked(campaign, table, from, 1, kept);
    if (alone[0] === undefined || !holds(from, alone[0])) continue;
    const { proposals, ...found } = await asked(campaign, table, from, row - from + 1, kept);
    if (proposals.length === row - from + 1 && proposals.every((one, i) => holds(from + i, one)))
      return {
        ...found,
        trial: proposals.at(-1)!.id,
        lines: new Map([...found.lines, ...proposals.map(({ id }, i) => [id, table.lines[from + i]!] as const)]),
      };
  }
  const what = `line ${table.lines[row]} is not what suggest makes of the lines before it`;
  const why = 'a person chose it, or values, lines or the campaign file have changed since';
  throw new AthanorError('NOT_FOUND', `${what}: ${why}`);
}

/** The first results with so many proposals after them. */
async function asked(campaign: Campaign, table: ResultsTable, rows: number, count: number, kept: Kept) {
  const planner = new Planner(campaign, [], kept.fixed === null ? {} : { fixed: kept.fixed });
  planner.tell(table.results.slice(0, rows));
  const lines = tableLines(planner.trials, table.lines.slice(0, rows));
  const { proposals } = await planner.ask(count, [], kept.contexts);
  const made = writtenArtefacts(planner.artefacts);
  const record: CampaignRecord = { campaign, phase: 'running', stop: null, trials: planner.trials, audit: [], ...made };
  return { proposals, record, lines };
}
