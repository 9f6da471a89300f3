import { Command } from 'commander';
import { readConfig } from '../../config.js';
import { withModelStore } from '../../models/store-models.js';
import { shareActs } from '../../models/version-acts.js';
import { rollBack } from '../../models/version-history.js';
import { recordOf } from '../record-source.js';
import { print } from '../terminal.js';
import type { Verb } from '../verb.js';
import { whoSays } from '../who.js';
import { rollBackCampaign } from './ask-campaign.js';

/** `athanor models rollback ID[@VERSION]`: another version is the one in use. */
export const modelsRollbackCommand: Verb = (terminal) =>
  new Command('rollback')
    .description(
      'use another version of a model where a campaign file names none: the one before, or one that is named',
    )
    .argument('<model>', 'ID, or ID@VERSION of a model of the home')
    .requiredOption('--why <text>', 'why, for the record')
    .option('--campaign <id>', 'of this campaign that runs alone, from its next round on')
    .option('--as <name>', 'who you are, for the record')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `
What was decided stays as it is, and campaigns that run keep the versions that they use, unless one is named by --campaign: it goes back to a version
that it used before. Without that, a version that was rejected may be named, too.

Examples:
  athanor models rollback rxnmapper-albert --why 'worse on the new salts'
  athanor models rollback rxnmapper-albert@1-ft2 --why 'the target has changed'`,
    )
    .action(async (model: string, options: { why: string; campaign?: string; as?: string; json?: boolean }) => {
      if (options.campaign !== undefined) {
        const record = await recordOf(terminal, options.campaign);
        const done = await rollBackCampaign(terminal, record, model, options);
        return print(terminal, options.json, { campaign: options.campaign, done }, () => done);
      }
      const config = readConfig(terminal.environment);
      const [id = ''] = model.split('@');
      const act = await withModelStore(config, terminal.note, async (store) => {
        if (store !== null) await shareActs(config.home, store, id);
        const done = await rollBack(config.home, model, { who: whoSays(options.as), why: options.why });
        if (store !== null) await shareActs(config.home, store, id);
        return done;
      });
      await print(terminal, options.json, act, () => `${act.version} is in use now, in place of ${act.before}`);
    });
