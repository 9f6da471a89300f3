import { Command } from 'commander';
import { labLines } from '../../lab-lines.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';
import { withControl } from '../with-control.js';

/** `athanor lab show [LAB]`: who has what, who waits, what stands still, and what is left. */
export const labShowCommand: Verb = (terminal) =>
  new Command('show')
    .description('say who has which instrument, who waits, what stands still, and what is left of each stock')
    .argument('[lab]', 'name of the lab; the only one where absent')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  athanor lab show')
    .action(async (lab: string | undefined, options: { json?: boolean }) => {
      await withControl(terminal, async (control) => {
        const report = await control.labs.show(lab ?? null);
        await print(terminal, options.json, report, () => labLines(report, Date.now()).join('\n'));
      });
    });
