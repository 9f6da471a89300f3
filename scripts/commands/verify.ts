import { Command } from 'commander';
import { verifyRecord } from '../verify.js';
import { exitCodes } from './exit-codes.js';
import type { Verb } from './program.js';
import { recordOf } from './record-source.js';
import { print } from './terminal.js';

const shown = 20;

/** `athanor verify ID`: every proposal computed again from what it was made from. */
export const verifyCommand: Verb = (terminal, end) =>
  new Command('verify')
    .description('compute every proposal again from its record, and compare bit for bit')
    .argument('<campaign>', 'campaign id, or a record exported as JSON')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nEnds with 5 if any proposal differs.\n\nExamples:\n  athanor verify redox-mediator\n  athanor verify runs/seed-1.json --json',
    )
    .action(async (campaign: string, options: { json?: boolean }) => {
      const record = await recordOf(terminal, campaign);
      const { checked, mismatches } = await verifyRecord(record);
      const holds = mismatches.length === 0;
      await print(terminal, options.json, { campaign: record.campaign.id, holds, checked, mismatches }, () => {
        const proposals = `${checked} proposal${checked === 1 ? '' : 's'}`;
        if (holds) return `${record.campaign.id}: ${proposals} computed again, all the same bit for bit`;
        const lines = mismatches
          .slice(0, shown)
          .map(
            ({ where, path, recorded, recomputed }) =>
              `  ${where}: ${path} is ${show(recorded)}, computed ${show(recomputed)}`,
          );
        const more = mismatches.length > shown ? [`  and ${mismatches.length - shown} more`] : [];
        return [`${record.campaign.id}: ${mismatches.length} differences in ${proposals}`, ...lines, ...more].join(
          '\n',
        );
      });
      if (!holds) end(exitCodes.noResult);
    });

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
