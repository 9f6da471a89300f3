import { isUtf8 } from 'node:buffer';
import { appendFile, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { Command } from 'commander';
import type { Campaign } from '../../models/domain/campaign.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { loadCampaign } from '../campaign-file.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { freshColumns } from '../suggest/columns.js';
import { suggestDocument, suggestText } from '../suggest/document.js';
import { nextTable } from '../suggest/next-table.js';
import { type ResultsTable, readResults } from '../suggest/results-table.js';
import { wholeNumber } from './arguments.js';
import { CommandError, exitCodes } from './exit-codes.js';
import type { Verb } from './program.js';
import { print } from './terminal.js';

interface Options {
  readonly number: number;
  readonly ignore: readonly string[];
  readonly out?: string;
  readonly raw?: boolean;
  readonly json?: boolean;
}

/** `athanor suggest FILE RESULTS`: the next proposals after the results in a table; no server, no store. */
export const suggestCommand: Verb = (terminal, end) =>
  new Command('suggest')
    .description('propose what to try next, from a campaign file and a table of the results so far')
    .argument('<file>', 'campaign file (YAML or JSON), or a folder in the data-set format')
    .argument('[results]', 'table with the results so far, CSV or .xlsx; none to begin')
    .option('-n, --number <n>', 'proposals wanted', wholeNumber(1, 1_000), 1)
    .option(
      '-o, --out <file>',
      'write the proposals as CSV in the columns of the results; a new file, or the results themselves, to which they are added',
    )
    .option('--ignore <columns...>', 'columns of the results to pass over', [])
    .option('--raw', 'with --out: texts that begin a formula as they stand, without an apostrophe before them')
    .option('--json', 'print the proposals as JSON')
    .addHelpText(
      'after',
      `
The results have a header line. Columns: the parameters, or the row id of the pool; the objective; and, if wanted,
  fidelity           the target where there is no such column
  outcome or status  measured, failed or pending; empty beside a value means measured; quarantined and cancelled
                     ones are left out
  cost               what the trial cost; that of its fidelity where empty
What is pending is not proposed again, nor is what failed. The adapters of the campaign file are not used, and so not
checked. A table that 'athanor export' wrote will do, too. The same file and results give the same proposals.

Examples:
  athanor suggest campaign.yaml -n 8 --out results.csv
  athanor suggest campaign.yaml results.csv -n 4
  athanor suggest campaign.yaml results.csv -n 4 --out results.csv
  athanor suggest campaign.yaml results.csv -n 4 --ignore notes date --json`,
    )
    .action(async (file: string, results: string | undefined, options: Options) => {
      const { out } = options;
      // The results themselves are added to; any other file must be a new one.
      const isAdded = out !== undefined && results !== undefined && resolve(out) === resolve(results);
      if (out !== undefined) await checkOutputs([{ option: '--out', path: out, kind: isAdded ? 'file' : 'new file' }]);
      const campaign = await loadCampaign(file, { adapters: 'unchecked', onNote: terminal.note });
      const table = results === undefined ? emptyTable(campaign) : await readResults(campaign, results, options.ignore);
      for (const note of table.notes) terminal.note(`${results}: ${note}`);
      const planner = new Planner(campaign);
      planner.tell(table.results);
      const known = planner.trials;
      const decision = await planner.ask(options.number);
      const document = await suggestDocument(campaign, known, decision);
      if (out !== undefined) {
        const next = nextTable(campaign, known, decision.proposals, { ...table, raw: options.raw === true });
        if (isAdded) await append(results, next);
        else if (!(await keepResult(out, next, terminal.note, true)).asWanted) end(exitCodes.badInput);
      }
      await print(terminal, options.json, document, () => suggestText(campaign, known, document));
      const missing = options.number - decision.proposals.length;
      if (missing > 0)
        terminal.note(
          `athanor: ${missing} of ${options.number} not proposed: ${shortfallText(campaign, decision.shortfall)}`,
        );
    });

function emptyTable(campaign: Campaign): ResultsTable {
  const dialect = { encoding: 'UTF-8', delimiter: ',', decimal: 'point' } as const;
  return { columns: freshColumns(campaign), dialect, results: [], notes: [] };
}

/** Adds the lines of a table, without its header, to the person's own; nothing of that is changed. */
async function append(file: string, table: string): Promise<void> {
  const bytes = await readFile(file);
  if (!isUtf8(bytes)) {
    const why = `${file} is no UTF-8, so nothing was added; save it as CSV UTF-8, or give another file with --out`;
    throw new CommandError(exitCodes.badInput, why);
  }
  const text = bytes.toString('utf8');
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = table.slice(table.indexOf('\n') + 1).replaceAll('\n', end);
  await appendFile(file, /[\r\n]$/.test(text) ? lines : end + lines).catch((cause: Error) => {
    throw new CommandError(exitCodes.badInput, `cannot write ${file}, nothing was added`, { cause });
  });
}

function shortfallText({ spec }: Campaign, shortfall: 'space' | 'budget' | null): string {
  if (shortfall === 'space') return 'every design of the space has been tried';
  const { trials, cost } = spec.budget;
  const limits = [trials === undefined ? '' : `${trials} trials`, cost === undefined ? '' : `cost ${cost}`];
  return `the budget of the campaign file (${limits.filter(Boolean).join(', ')}) pays no more`;
}
