import { Command } from 'commander';
import { readConfig } from '../config.js';
import { follow } from './follow.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

/** `athanor watch ID`: follows a campaign that is worked on elsewhere. */
export const watchCommand: Verb = (terminal, end) =>
  new Command('watch')
    .description('follow a campaign to its end; Ctrl-C leaves it as it is')
    .argument('<id>', 'campaign id')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  athanor watch redox-mediator')
    .action(async (id: string, options: { json?: boolean }) => {
      await withControl(terminal, async (control, ui) => {
        const { campaign } = await control.record(id);
        const config = readConfig(terminal.environment);
        end(await follow({ terminal, control, config, ui, startWorker: null }, campaign, options.json));
      });
    });
