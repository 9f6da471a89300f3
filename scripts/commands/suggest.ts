import { appendFile, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { Command } from 'commander';
import type { Campaign } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { Planner } from '../../models/strategy/ask-tell.js';
import { decodeText } from '../../models/table/decode.js';
import { loadCampaign } from '../campaign-file.js';
import { readConfig } from '../config.js';
import { fileErrorText } from '../file-error.js';
import { fixedFrom } from '../fixed-values.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { contextsFrom } from '../said-contexts.js';
import { freshColumns, knownTexts } from '../suggest/columns.js';
import { suggestDocument, suggestText } from '../suggest/document.js';
import { nextTable } from '../suggest/next-table.js';
import { type ResultsTable, readResults } from '../suggest/results-table.js';
import { wholeNumber } from './arguments.js';
import { exitCodes } from './exit-codes.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';

interface Options {
  readonly number: number;
  readonly ignore: readonly string[];
  readonly fix: readonly string[];
  readonly context: readonly string[];
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
    .option(
      '--ignore <columns...>',
      'columns of the results to pass over, beside those under ignore in the campaign file',
      [],
    )
    .option('--fix <values...>', 'parameters that the proposals keep to a value, as --fix temperature=80', [])
    .option(
      '--context <values...>',
      'what contexts are now, where no result tells it yet, as --context batch=B7; the last told else',
      [],
    )
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
What is pending is not proposed again, nor is what failed. A design that the space or pool does not have is learned from where
it can be encoded, and never proposed. The adapters of the campaign file are not used, and so not
checked. A table that 'athanor export' wrote will do, too. The same file and results give the same proposals.

Examples:
  athanor suggest campaign.yaml -n 8 --out results.csv
  athanor suggest campaign.yaml results.csv -n 4
  athanor suggest campaign.yaml results.csv -n 4 --out results.csv
  athanor suggest campaign.yaml results.csv -n 4 --fix temperature=80 solvent=DMF
  athanor suggest campaign.yaml results.csv -n 4 --context batch=B7
  athanor suggest campaign.yaml results.csv -n 4 --ignore notes date --json`,
    )
    .action(async (file: string, results: string | undefined, options: Options) => {
      const { out } = options;
      // The results themselves are added to; any other file must be a new one.
      const isAdded = out !== undefined && results !== undefined && resolve(out) === resolve(results);
      if (out !== undefined) await checkOutputs([{ option: '--out', path: out, kind: isAdded ? 'file' : 'new file' }]);
      const campaign = await loadCampaign(file, {
        adapters: 'unchecked',
        onNote: terminal.note,
        home: readConfig(terminal.environment).home,
      });
      if (campaign.spec.encoders?.some(({ finetune }) => finetune !== undefined) === true)
        terminal.note(
          "athanor: 'finetune' is for run and simulate: suggest trains nothing, and takes the version that is in use",
        );
      const table = results === undefined ? emptyTable(campaign) : await readResults(campaign, results, options.ignore);
      for (const note of table.notes) terminal.note(`${results}: ${note}`);
      if (isAdded) checkAppendable(results, table.dialect);
      const fixed = await fixedFrom(options.fix, campaign.space);
      const contexts = contextsFrom(options.context, campaign.spec.contexts);
      const planner = new Planner(campaign, [], fixed === null ? {} : { fixed });
      planner.tell(table.results);
      const known = planner.trials;
      const decision = await planner.ask(options.number, [], contexts);
      const document = await suggestDocument(campaign, known, decision, table.lines);
      if (out !== undefined) {
        const next = nextTable(campaign, known, decision.proposals, { ...table, raw: options.raw === true });
        const why = isAdded ? await append(campaign, results, next, table.dialect) : null;
        if (why !== null) {
          terminal.note(`athanor: ${why}`);
          end(exitCodes.badInput);
        } else if (isAdded) terminal.note(`added to ${results}`);
        else if ((await keepResult(out, next, terminal.note, true)).asWanted) terminal.note(`written to ${out}`);
        else end(exitCodes.badInput);
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
  return { columns: freshColumns(campaign), dialect, results: [], lines: [], notes: [] };
}

/**
 * Lines are added in UTF-8 or Windows-1252, so tables in other encodings are refused before anything is computed.
 * @throws {InvalidInputError} saying so
 */
function checkAppendable(file: string, { encoding }: ResultsTable['dialect']): void {
  if (encoding === 'UTF-8' || encoding === 'Windows-1252') return;
  const remedy = 'save it as CSV UTF-8, or give a new file; nothing was run';
  throw new InvalidInputError('arguments', [{ path: '--out', message: `${file} is ${encoding}`, remedy }]);
}

/**
 * Adds the lines of a table, without its header, to the person's own; nothing of that is changed.
 * @returns why nothing was added, or null
 */
async function append(
  campaign: Campaign,
  file: string,
  table: string,
  { encoding }: ResultsTable['dialect'],
): Promise<string | null> {
  const nothing = `cannot write ${file}, nothing was added`;
  try {
    const bytes = await readFile(file);
    const marks = encoding === 'UTF-8' ? 'utf8' : 'latin1';
    const text = bytes.toString(marks);
    const end = text.includes('\r\n') ? '\r\n' : '\n';
    const lines = table.slice(table.indexOf('\n') + 1).replaceAll('\n', end);
    const added = Buffer.from(/[\r\n]$/.test(text) ? lines : end + lines, marks);
    const read = decodeText(Buffer.concat([bytes, added]), knownTexts(campaign));
    if (!('text' in read) || !read.text.trimEnd().endsWith(table.trimEnd().split('\n').at(-1)!))
      return `${nothing}: the proposals have signs that ${encoding} lacks; save it as CSV UTF-8`;
    await appendFile(file, added);
    return null;
  } catch (error) {
    return `${nothing}: ${fileErrorText(error)}`;
  }
}

function shortfallText({ spec }: Campaign, shortfall: 'space' | 'budget' | null): string {
  if (shortfall === 'space') return 'every design of the space has been tried';
  const { trials, cost } = spec.budget;
  const limits = [trials === undefined ? '' : `${trials} trials`, cost === undefined ? '' : `cost ${cost}`];
  return `the budget of the campaign file (${limits.filter(Boolean).join(', ')}) pays no more`;
}
