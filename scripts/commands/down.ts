import { Command } from 'commander';
import { readConfig } from '../config.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';

/** `athanor down`: ends the local servers; campaigns and data stay. */
export const downCommand: Verb = (terminal) =>
  new Command('down')
    .description("end the campaign home's own PostgreSQL and Temporal; campaigns stay and go on after the next start")
    .option('--json', 'print what was running as JSON')
    .addHelpText(
      'after',
      '\nServers given by DATABASE_URL or TEMPORAL_ADDRESS are left alone.\n\nExample:\n  athanor down',
    )
    .action(async (options: { json?: boolean }) => {
      const { home } = readConfig(terminal.environment);
      const { stopServices } = await import('../local/services.js');
      const ended = await stopServices(home);
      await print(terminal, options.json, ended, () => {
        const names = [...(ended.temporal ? ['Temporal'] : []), ...(ended.postgres ? ['PostgreSQL'] : [])];
        return names.length === 0 ? `no local server of ${home} was running` : `ended: ${names.join(', ')}`;
      });
    });
