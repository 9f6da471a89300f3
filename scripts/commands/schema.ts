import { Command } from 'commander';
import { campaignJsonSchema } from '../../models/domain/campaign.js';
import type { Verb } from './verb.js';

/** `athanor schema`: the JSON Schema of campaign files, for editors. */
export const schemaCommand: Verb = (terminal) =>
  new Command('schema')
    .description('print the JSON Schema of campaign files, for editors')
    .option('--json', 'as it is; the schema is JSON anyway')
    .addHelpText(
      'after',
      `
Examples:
  athanor schema > campaign.schema.json
  # then, as the first line of a campaign file, for editors with the YAML language server:
  # yaml-language-server: $schema=campaign.schema.json`,
    )
    .action(async () => {
      await terminal.write(`${JSON.stringify(campaignJsonSchema(), null, 2)}\n`);
    });
