import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { insightOf } from '../../models/strategy/explain/insight.js';
import { whyProposed } from '../../models/strategy/explain/why.js';
import { grownRecord } from '../../models/strategy/growth.js';
import { loadCampaign } from '../campaign-file.js';
import { readConfig } from '../config.js';
import { insightLines, whyLines } from '../explain-lines.js';
import { fixedFrom } from '../fixed-values.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { renderExplanation } from '../report/explanation.js';
import { contextsFrom } from '../said-contexts.js';
import { explainedTable } from '../suggest/explained-table.js';
import { readResults } from '../suggest/results-table.js';
import { namedByLine, type TableLines } from '../suggest/table-lines.js';
import { exitCodes } from './exit-codes.js';
import { computedFrom, recordOf } from './record-source.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';

interface Options {
  readonly output?: string;
  readonly ignore: readonly string[];
  readonly fix: readonly string[];
  readonly context: readonly string[];
  readonly json?: boolean;
}

/** What is explained: a record, with a trial where one is asked about, and where it is a table, the lines of its trials. */
interface Explained {
  readonly record: CampaignRecord;
  readonly trial: string | null;
  readonly lines: TableLines | null;
}

/** `athanor explain ID [TRIAL]`: what was learned of the factors; why a trial was proposed, and what it was preferred to. */
export const explainCommand: Verb = (terminal, end) =>
  new Command('explain')
    .description(
      'say what a campaign has learned of its factors, or why a trial was proposed and what it was preferred to',
    )
    .argument(
      '<campaign>',
      'campaign id, or a record exported as JSON, or its folder; or a campaign file, with a table',
    )
    .argument('[trial]', 'trial id, as r12/p1; of a campaign file, the table of its results, as for suggest')
    .argument('[line]', 'with a table: the line of a proposal in it, or p1 for the first that suggest makes now')
    .option('-o, --output <file>', 'write it as an HTML page, with plots and molecules drawn')
    .option('--ignore <columns...>', 'with a table: columns to pass over, as for suggest', [])
    .option('--fix <values...>', 'with a table: what the proposals were to keep to, as for suggest', [])
    .option('--context <values...>', 'with a table: what contexts were said to be, as for suggest', [])
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
Of a campaign: for each objective and each outcome with bounds, the importance of each factor by what predictions lose where it is
shuffled and by the lengthscales of the surrogates; what is expected along each factor, through the best trial and as far as
constraints are kept; and each trial as all others predict it.
Of a trial: its reason, what it was expected to add, and the next best candidates at its time with their acquisition, computed
again from its record.
Of a table: the same from its results; a line that suggest added is asked again from those before it.

Examples:
  athanor explain redox-mediator
  athanor explain redox-mediator r12/p1 -o why.html
  athanor explain runs/seed-1.json --json
  athanor explain campaign.yaml results.csv
  athanor explain campaign.yaml results.csv 14`,
    )
    .action(async (campaign: string, trial: string | undefined, line: string | undefined, options: Options) => {
      const { output } = options;
      if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind: 'page' }]);
      const given = await explained(terminal, { campaign, trial, line }, options);
      const { id } = given.record.campaign;
      const [insight, why] = await computedFrom(campaign, async () =>
        given.trial === null
          ? [await insightOf(given.record), null]
          : [null, await whyProposed(given.record, given.trial)],
      );
      const record = { ...given.record, ...(await grownRecord(given.record)) };
      const { lines } = given;
      const named = (text: string) => (lines === null ? text : namedByLine(text, lines));
      const document = { campaign: id, ...(lines === null ? {} : { lines: Object.fromEntries(lines) }), insight, why };
      if (output !== undefined) {
        const page = named(await renderExplanation(record, insight, why));
        const { file, asWanted } = await keepResult(resolve(output), page, terminal.note);
        await print(terminal, options.json, { ...document, page: file }, () => file ?? '');
        if (!asWanted) end(exitCodes.badInput);
        return;
      }
      await print(terminal, options.json, document, () => {
        if (why !== null) return named(whyLines(record.campaign, record.trials, why).join('\n'));
        if (insight !== null) return named(insightLines(record.campaign, record.trials, insight).join('\n'));
        return `${id}: nothing to explain yet: no surrogate was fitted by this version, or nothing was measured at the target`;
      });
    });

/** @throws {InvalidInputError} where a campaign file has no table, or what is none has two arguments more */
async function explained(
  terminal: Terminal,
  {
    campaign,
    trial,
    line,
  }: { readonly campaign: string; readonly trial?: string | undefined; readonly line?: string | undefined },
  { ignore, fix, context }: Options,
): Promise<Explained> {
  const isTable = trial !== undefined && (await stat(trial).catch(() => null))?.isFile() === true;
  if (!isTable) {
    const fault = (message: string, remedy: string) =>
      new InvalidInputError('arguments', [{ path: trial ?? campaign, message, remedy }]);
    if (/\.ya?ml$/.test(campaign))
      throw trial === undefined
        ? fault('a campaign file alone has learned nothing', 'give the table of its results, too, as for suggest')
        : fault('there is no such file', 'the table of results, as for suggest');
    if (line !== undefined)
      throw fault('no table of results', 'a campaign and one of its trials, or a campaign file, a table and a line');
    if (ignore.length + fix.length + context.length > 0)
      throw fault('--ignore, --fix and --context are for tables', 'leave them out');
    return { record: await recordOf(terminal, campaign), trial: trial ?? null, lines: null };
  }
  const { home } = readConfig(terminal.environment);
  const loaded = await loadCampaign(campaign, { adapters: 'unchecked', onNote: terminal.note, home });
  const table = await readResults(loaded, trial, ignore);
  for (const note of table.notes) terminal.note(`${trial}: ${note}`);
  const contexts = contextsFrom(context, loaded.spec.contexts);
  return explainedTable(loaded, table, line, { fixed: await fixedFrom(fix, loaded.space), contexts });
}
