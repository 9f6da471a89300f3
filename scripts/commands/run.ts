import { Command } from 'commander';
import type { Campaign } from '../../models/domain/campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import { modelName } from '../../models/pretrained/manifest.js';
import { readConfig } from '../config.js';
import type { Control } from '../durable/control-contract.js';
import { campaignModels, otherModels } from '../models/campaign-models.js';
import { withSharedCodes } from '../models/store-codes.js';
import { checkOutputs } from '../output-place.js';
import { decidedBy } from './decisions.js';
import { finish, follow } from './follow.js';
import { openRunnable } from './open-campaign.js';
import { reportPath } from './report-path.js';
import { secretNotes } from './secret-notes.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';
import { withServices } from './with-control.js';

interface Options {
  readonly id?: string;
  readonly worker: boolean;
  readonly detach?: boolean;
  readonly json?: boolean;
}

type Log = (line: string) => void;

/** `athanor run FILE`: a durable campaign on Temporal, followed until it ends or the person leaves. */
export const runCommand: Verb = (terminal, end) =>
  new Command('run')
    .description('run a campaign durably: start it, or go on with it, and follow it to its end')
    .argument('<file>', 'campaign file (YAML or JSON), or a folder in the data-set format')
    .option('--id <id>', 'id of the campaign, in place of the name in the file')
    .option('--no-worker', 'start no worker in this process; others do the work')
    .option('-d, --detach', 'start the campaign and leave; a worker elsewhere does the work')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Uses PostgreSQL and Temporal as the environment says, else local ones, which it starts and which go on running until
'athanor down'. Ctrl-C leaves the campaign as it is: 'athanor worker' goes on with it, 'athanor watch ID' follows it. A
campaign that has ended is not run again; its result is printed.

Examples:
  athanor run campaign.yaml
  athanor run campaign.yaml --id second-attempt
  athanor run campaign.yaml --detach && athanor worker`,
    )
    .action(async (file: string, options: Options) => {
      const config = readConfig(terminal.environment);
      const { home } = config;
      const own = { onNote: terminal.note, home, ...(options.id === undefined ? {} : { id: options.id }) };
      const { campaign, registry } = await withSharedCodes(config, terminal.note, (share) =>
        openRunnable(file, { ...own, share }, { people: true }),
      );
      const here = options.worker && options.detach !== true;
      for (const line of secretNotes(campaign.spec, registry, here ? terminal.environment : null)) terminal.note(line);
      const report = reportPath(home, campaign.id);
      await checkOutputs([{ option: 'ATHANOR_HOME', path: report, kind: 'file' }]);
      await withServices(terminal, async (control, services) => {
        for (const note of services.notes) terminal.note(note);
        if (campaign.lab !== undefined) {
          const { name } = campaign.lab;
          const { created, changes, differs } = await control.labs.join(campaign.lab, decidedBy({}).who);
          for (const line of created ? ['registered'] : changes) terminal.note(`lab '${name}': ${line}`);
          if (differs.length > 0)
            terminal.note(
              `lab '${name}' in force is another than that of the file, and stays as it is ('athanor lab up' changes it):`,
            );
          for (const line of differs) terminal.note(`  ${line}`);
        }
        const { outcome } = await control.start(campaign, { models: await campaignModels(home, campaign) });
        if (outcome !== 'stopped') await keepOthers(terminal, control, home, campaign);
        if (outcome === 'attached') terminal.note(`campaign '${campaign.id}' runs already; following it`);
        if (outcome === 'stopped') terminal.note(`campaign '${campaign.id}' has ended before; this is its result`);
        if (options.detach === true) return detached(terminal, options, campaign, outcome);
        const setting = { terminal, control, config, ui: services.temporalUi };
        if (outcome === 'stopped') end(await finish(setting, campaign, options.json));
        else {
          const { startKeptWorker } = await import('./kept-worker.js');
          const startWorker = options.worker ? (log: Log) => startKeptWorker(config, services, log) : null;
          end(await follow({ ...setting, startWorker }, campaign, options.json));
        }
      });
    });

/** Has the store keep the models that encoded the space, for who wants to encode more; the campaign does without them. */
async function keepOthers(terminal: Terminal, control: Control, home: string, campaign: Campaign): Promise<void> {
  for (const model of await otherModels(home, campaign))
    await control.keepModel(model).catch((error: unknown) => {
      if (!(error instanceof AthanorError)) throw error;
      terminal.note(`${modelName(model.manifest)} is not kept in the store: ${error.message}`);
    });
}

async function detached(terminal: Terminal, options: Options, campaign: Campaign, outcome: string): Promise<void> {
  await print(terminal, options.json, { campaign: campaign.id, outcome }, () => campaign.id);
  terminal.note("it goes on wherever 'athanor worker' runs; 'athanor watch ID' follows it");
}
