import { dirname } from 'node:path';
import { Command } from 'commander';
import type { CampaignRecord } from '../../models/domain/record.js';
import type { Space } from '../../models/domain/space.js';
import { outputsOf, rawTrouble, wrongWith } from '../record/record-folder.js';
import { type Mismatch, unvouched, verifyRecord } from '../record/verify.js';
import { exitCodes } from './exit-codes.js';
import { computedFrom, recordFileOf, recordOf } from './record-source.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

const shown = 20;

/** `athanor verify ID`: every proposal computed again from what it was made from. */
export const verifyCommand: Verb = (terminal, end) =>
  new Command('verify')
    .description('compute every proposal again from its record, and compare bit for bit')
    .argument('<campaign>', 'campaign id, or a record exported as JSON, or its folder')
    .option('--raw', 'read every raw output in the store as well, and compare its sha256; those of a folder always are')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nEnds with 5 if any proposal differs.\n\nExamples:\n  athanor verify redox-mediator\n  athanor verify runs/seed-1.json --json',
    )
    .action(async (campaign: string, options: { json?: boolean; raw?: boolean }) => {
      const record = await recordOf(terminal, campaign);
      const { checked, byPerson, mismatches } = await computedFrom(campaign, () => verifyRecord(record));
      const raw = await rawTroubleOf(terminal, campaign, record, options.raw === true);
      const holds = mismatches.length === 0 && raw.length === 0;
      const left = unvouched(record);
      const data = { campaign: record.campaign.id, holds, checked, byPerson, mismatches, unvouched: left, raw };
      await print(terminal, options.json, data, () => {
        const proposals = `${checked} proposal${checked === 1 ? '' : 's'}`;
        if (holds)
          return `${record.campaign.id}: ${proposals} computed again, all the same bit for bit${personsText(byPerson)}${unvouchedText(left)}`;
        const lines = mismatches
          .slice(0, shown)
          .map(
            ({ where, path, recorded, recomputed }) =>
              `  ${where}: ${path} is ${show(recorded)}, computed ${show(recomputed)}`,
          );
        const more = mismatches.length > shown ? [`  and ${mismatches.length - shown} more`] : [];
        const found = `${record.campaign.id}: ${mismatches.length} differences in ${proposals}${personsText(byPerson)}${unvouchedText(left)}`;
        const outputs = raw.slice(0, shown).map((line) => `  raw output ${line}`);
        return [found, ...lines, ...more, ...earlierText(mismatches, record.campaign.space), ...outputs].join('\n');
      });
      if (!holds) end(exitCodes.noResult);
    });

/** What is wrong with raw outputs: of a folder those that were written into it, of the store all where that is asked for. */
async function rawTroubleOf(
  terminal: Terminal,
  campaign: string,
  record: CampaignRecord,
  asked: boolean,
): Promise<readonly string[]> {
  const file = await recordFileOf(campaign);
  if (file !== null) return rawTrouble(dirname(file), record);
  if (!asked) return [];
  return withControl(terminal, async (control) => {
    const trouble: string[] = [];
    for (const { trial, name, sha256 } of outputsOf(record)) {
      const wrong = await wrongWith(control.raw(sha256), sha256);
      if (wrong !== null) trouble.push(`${trial}: ${name} ${wrong}`);
    }
    return trouble;
  });
}

/** What may be behind differences: other numerical defaults; else in what was said of the stop rule `regretBound`, or in designs of mixed spaces. */
function earlierText(mismatches: readonly Mismatch[], { parameters, pool }: Space): string[] {
  const isMixed = pool === null && parameters.some(({ type }) => type !== 'continuous');
  const texts: string[] = [];
  const other = mismatches.find(({ path }) => path === 'basis.defaults');
  if (other !== undefined)
    return [
      `  Another version decided by other numerical defaults (${other.recorded}, here ${other.recomputed}): of such a record designs and reasons differ. 'athanor report' still reads it.`,
    ];
  if (mismatches.some(({ path }) => /^basis\.assurances\.\d+\.probability$/.test(path)))
    texts.push(
      "  An earlier version took designs of a list whose trial gave no value, whatever the cause, as unable to be better: of such a record 'basis.assurances' differ, which decide when it stops, no design. 'athanor report' still reads it.",
    );
  if (isMixed && mismatches.some(({ path }) => path.startsWith('design')))
    texts.push(
      "  An earlier version looked less closely for names, whole numbers and compositions in spaces of too many designs to be listed: of such a record designs differ. 'athanor report' still reads it.",
    );
  return texts;
}

/** How many proposals have nothing to be computed from. */
function personsText(proposals: number): string {
  return proposals === 0 ? '' : `; by a person, not computed again: ${proposals}`;
}

/** How many observations the proposals say nothing of. */
function unvouchedText(left: readonly string[]): string {
  if (left.length === 0) return '';
  const which = left.length === 1 ? left[0]! : `${left[0]} to ${left.at(-1)}`;
  const [are, them] = left.length === 1 ? ['observation is', 'it'] : ['observations are', 'them'];
  return `; ${left.length} ${are} not vouched for, as no later proposal was made from ${them} (${which})`;
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
