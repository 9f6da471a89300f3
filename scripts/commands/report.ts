import { resolve } from 'node:path';
import { Command } from 'commander';
import { grownRecord } from '../../models/strategy/growth.js';
import { compare } from '../compare/compare.js';
import { comparisonDocument } from '../compare/document.js';
import { comparisonLines } from '../compare/words.js';
import { readConfig } from '../config.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { recommendationOf } from '../recommendation.js';
import { renderComparison } from '../report/comparison/page.js';
import { renderReport } from '../report/render.js';
import { story } from '../report/story.js';
import { numbers } from './arguments.js';
import { exitCodes } from './exit-codes.js';
import { computedFrom, recordsOf } from './record-source.js';
import { closeReport, reportPath } from './report-path.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';

interface Options {
  readonly output?: string;
  readonly threshold?: readonly number[];
  readonly json?: boolean;
}

/** `athanor report ID`: one HTML page that needs nothing else; of several campaigns or a folder, one that compares them. */
export const reportCommand: Verb = (terminal, end) =>
  new Command('report')
    .description(
      'write the report of a campaign, or of several beside one another: one HTML page that needs nothing else',
    )
    .argument('<campaigns...>', 'campaign ids, records exported as JSON, or folders of records')
    .option('-o, --output <file>', 'where to write it (reports/ID.html in the campaign home)')
    .option(
      '-t, --threshold <values>',
      'of several runs: values whose reaching is asked for, parted by commas (else those of stop rules and shared ones)',
      numbers,
    )
    .option('--json', 'print the path and the summary as JSON')
    .addHelpText(
      'after',
      `
Several runs are compared on one page: best so far over the seeds of each strategy, what it took to get how far, and each seed
beside random search.

Examples:
  athanor report redox-mediator -o report.html
  athanor report runs --threshold 40,45`,
    )
    .action(async (campaigns: readonly string[], options: Options) => {
      const { output } = options;
      if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind: 'page' }]);
      const records = await recordsOf(terminal, campaigns);
      const record = records[0]!;
      const { id } = record.campaign;
      if (records.length > 1) {
        const comparison = compare(records, options.threshold);
        const wanted = output ?? reportPath(readConfig(terminal.environment).home, `${id}-compared`);
        const page = renderComparison(records, options.threshold);
        const { file, asWanted } = await keepResult(resolve(wanted), page, terminal.note);
        if (output === undefined && asWanted && file !== null) await closeReport(file);
        const document = { campaigns: [...new Set(records.map(({ campaign }) => campaign.id))], report: file };
        await print(terminal, options.json, { ...document, ...comparisonDocument(comparison) }, () =>
          [...comparisonLines(comparison), ...(file === null ? [] : [file])].join('\n'),
        );
        if (!asWanted) end(exitCodes.badInput);
        return;
      }
      const file = resolve(output ?? reportPath(readConfig(terminal.environment).home, id));
      const { told, page } = await computedFrom(campaigns[0]!, async () => {
        const recommended = await recommendationOf(record);
        const told = story({ ...record, ...(await grownRecord(record)) }, recommended);
        return { told, page: await renderReport(record, recommended) };
      });
      const kept = await keepResult(file, page, terminal.note);
      if (output === undefined && kept.asWanted) await closeReport(file);
      await print(
        terminal,
        options.json,
        { campaign: id, report: kept.file, story: told },
        () => kept.file ?? told.join('\n'),
      );
      if (!kept.asWanted) end(exitCodes.badInput);
    });
