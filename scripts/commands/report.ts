import { resolve } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../config.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { recommendationOf } from '../recommendation.js';
import { renderReport } from '../report/render.js';
import { story } from '../report/story.js';
import { exitCodes } from './exit-codes.js';
import type { Verb } from './program.js';
import { recordOf } from './record-source.js';
import { closeReport, reportPath } from './report-path.js';
import { print } from './terminal.js';

/** `athanor report ID`: one HTML page that needs nothing else. */
export const reportCommand: Verb = (terminal, end) =>
  new Command('report')
    .description('write the report of a campaign: one HTML page that needs nothing else')
    .argument('<campaign>', 'campaign id, or a record exported as JSON')
    .option('-o, --output <file>', 'where to write it (reports/ID.html in the campaign home)')
    .option('--json', 'print the path and the summary as JSON')
    .addHelpText('after', '\nExample:\n  athanor report redox-mediator -o report.html')
    .action(async (campaign: string, options: { output?: string; json?: boolean }) => {
      const { output } = options;
      if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind: 'file' }]);
      const record = await recordOf(terminal, campaign);
      const { id } = record.campaign;
      const file = resolve(output ?? reportPath(readConfig(terminal.environment).home, id));
      const recommended = await recommendationOf(record);
      const kept = await keepResult(file, await renderReport(record, recommended), terminal.note);
      if (output === undefined && kept.asWanted) await closeReport(file);
      await print(
        terminal,
        options.json,
        { campaign: id, report: kept.file, story: story(record, recommended) },
        () => kept.file ?? story(record, recommended).join('\n'),
      );
      if (!kept.asWanted) end(exitCodes.badInput);
    });
