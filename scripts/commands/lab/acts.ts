import { Command } from 'commander';
import type { LabActEntry } from '../../../activities/store/lab-act.js';
import { cleanLine } from '../../failure-line.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';
import { withControl } from '../with-control.js';

/** `athanor lab acts [LAB]`: who did what to a lab, when and why. */
export const labActsCommand: Verb = (terminal) =>
  new Command('acts')
    .description('say who did what to a lab, when and why, oldest first')
    .argument('[lab]', 'name of the lab; the only one where absent')
    .option('--json', 'print it as JSON, with what was known and what came of it')
    .addHelpText('after', '\nExample:\n  athanor lab acts')
    .action(async (lab: string | undefined, options: { json?: boolean }) => {
      await withControl(terminal, async (control) => {
        const acts = await control.labs.acts(lab ?? null);
        await print(terminal, options.json, acts, () =>
          acts.length === 0 ? 'nobody has done anything to it' : acts.map(actLine).join('\n'),
        );
      });
    });

function actLine({ id, at, who, action, name, why }: LabActEntry): string {
  const when = new Date(at).toISOString().replace('T', ' ').slice(0, 16);
  return `${id}  ${when}  ${cleanLine(who)}: ${action}${name === null ? '' : ` ${name}`}${why === null ? '' : ` (${cleanLine(why)})`}`;
}
