import { Argument, Command } from 'commander';
import { campaignJsonSchema } from '../../models/domain/campaign.js';
import { labJsonSchema } from '../../models/domain/lab.js';
import { notifyJsonSchema } from '../notify/notify-file.js';
import type { Verb } from './verb.js';

/** `athanor schema [lab | notify]`: the JSON Schema of the files that people write, for editors. */
export const schemaCommand: Verb = (terminal) =>
  new Command('schema')
    .description('print the JSON Schema of campaign or lab files, or of notify.yaml, for editors')
    .addArgument(new Argument('[of]', 'which files').choices(['campaign', 'lab', 'notify']).default('campaign'))
    .option('--json', 'as it is; the schema is JSON anyway')
    .addHelpText(
      'after',
      `
Examples:
  athanor schema > campaign.schema.json
  athanor schema lab > lab.schema.json
  # then, as the first line of a campaign file, for editors with the YAML language server:
  # yaml-language-server: $schema=campaign.schema.json`,
    )
    .action(async (of: 'campaign' | 'lab' | 'notify') => {
      const schema = { campaign: campaignJsonSchema, lab: labJsonSchema, notify: notifyJsonSchema }[of]();
      await terminal.write(`${JSON.stringify(schema, null, 2)}\n`);
    });
