import { Command } from 'commander';
import { AthanorError } from '../../../models/domain/errors.js';
import { readConfig } from '../../config.js';
import { prepareHome } from '../../home.js';
import type { TunedVersion } from '../../models/tuning/tune-campaign.js';
import { positiveNumber, wholeNumber } from '../arguments.js';
import { CommandError, exitCodes } from '../exit-codes.js';
import { computedFrom, isOnDisk, recordOf } from '../record-source.js';
import { print, type Terminal } from '../terminal.js';
import type { Verb } from '../verb.js';
import { whoSays } from '../who.js';
import { askCampaign, askedOf } from './ask-campaign.js';
import { tuningNotes } from './tuning-notes.js';

interface Options {
  readonly model: string;
  readonly on?: string;
  readonly output?: string;
  readonly seed?: number;
  readonly layers?: number;
  readonly epochs?: number;
  readonly rate?: number;
  readonly folds: number;
  readonly evenIfFew?: boolean;
  readonly homeOnly?: boolean;
  readonly here?: boolean;
  readonly as?: string;
  readonly json?: boolean;
}

/** `athanor models finetune CAMPAIGN --model ID`: a version of a model that has learned from what a campaign measured. */
export const modelsFinetuneCommand: Verb = (terminal, end) =>
  new Command('finetune')
    .description(
      'fine-tune a model on what a campaign measured, and use it if it foretells better than the version in use',
    )
    .argument('<campaign>', "campaign id, or a record ('athanor export --format json')")
    .requiredOption('--model <model>', 'ID or ID@VERSION of a model of the home: a transformer of SMILES')
    .option('--on <substance>', 'which substance of the designs, where they have several')
    .option('--output <name>', 'output of the model that learns; the recommended one where absent')
    .option('--seed <n>', "seed; the campaign's where absent", wholeNumber(0, 2 ** 32 - 1))
    .option('--layers <n>', 'last layers that learn', wholeNumber(1, 1_000))
    .option('--epochs <n>', 'passes over the molecules at most', wholeNumber(1, 100_000))
    .option('--rate <x>', 'largest step length', positiveNumber)
    .option('--folds <n>', 'parts in which target values are left out to be foretold', wholeNumber(2, 20), 5)
    .option('--even-if-few', 'also with fewer than 100 values')
    .option('--home-only', 'keep it in the home alone, also where there is a store')
    .option('--here', 'in this process, also where the campaign runs and could do it')
    .option('--as <name>', 'who you are, for the record')
    .option('--json', 'print what was made as JSON')
    .addHelpText(
      'after',
      `
It learns from all values of the campaign, those of lower fidelities and of earlier campaigns (transfer) included, one head a level, and
writes ID@VERSION-ftN into the home. Then values at the target are left out in folds, and foretold under both versions, the new one
trained anew without them: it is used from then on where a campaign file names ID without a version if its log score is better by more
than its error, else kept as rejected (athanor models history ID). It is trained folds + 1 times.

A campaign that runs and has the model among its encoders is asked to do that itself: its workers train, it goes on meanwhile, and from the
next round on it uses the version if that is promoted; athanor status and its record tell.

The state is kept in the home after every few steps: after Ctrl-C (ends with 130) or a kill, the same command goes on from there and
gives the same bytes. Ends with 5 if the new version is rejected, or learning loses its way.

Examples:
  athanor models finetune redox-mediator --model rxnmapper-albert
  athanor models finetune record.json --model chemberta@2 --seed 7 --even-if-few`,
    )
    .action(async (campaign: string, options: Options) => {
      const config = readConfig(terminal.environment);
      await prepareHome(config.home, terminal.note);
      const record = await recordOf(terminal, campaign);
      const asked = options.here === true || (await isOnDisk(campaign)) ? null : askedOf(record, options.model);
      if (asked !== null) return askCampaign(terminal, record, asked, options);
      const { model, on, output, folds, seed, layers, epochs, rate } = options;
      const { campaignLabels, tuneCampaign } = await import('../../models/tuning/tune-campaign.js');
      const wish = {
        ...{ model, output, folds, evenIfFew: options.evenIfFew === true },
        settings: Object.fromEntries(
          Object.entries({ seed, layers, epochs, rate }).filter(([, value]) => value !== undefined),
        ),
        trigger: 'by hand',
        who: whoSays(options.as),
      };
      const labelled = await computedFrom(campaign, () => campaignLabels(record, on));
      const stop = new AbortController();
      const undo = terminal.onInterrupt(() => {
        if (stop.signal.aborted) process.exit(exitCodes.interrupted);
        stop.abort(
          new CommandError(
            exitCodes.interrupted,
            'interrupted; what was learned so far is kept, the same command goes on from there',
          ),
        );
      });
      const host = {
        home: config.home,
        signal: stop.signal,
        note: (line: string) => terminal.note(`athanor: ${line}`),
        onChunk: tuningNotes(terminal.note),
      };
      if (options.homeOnly !== true) await learnActs(terminal, model.split('@')[0]!);
      const made = await tuneCampaign(labelled, wish, host).catch(lostItsWay).finally(undo);
      const store =
        options.homeOnly === true
          ? null
          : await intoStore(terminal, made).catch((error: unknown) => {
              terminal.note(
                `athanor: ${made.name} is in ${made.folder}, but not in the store: athanor models add ${made.name}`,
              );
              throw error;
            });
      await print(terminal, options.json, { ...made, store }, () => text(made, store));
      if (made.lineage.verdict === 'rejected') end(exitCodes.noResult);
    });

/** Learning that loses its way leaves nothing but what was there before. */
function lostItsWay(error: unknown): never {
  if (error instanceof AthanorError && error.code === 'NUMERICAL')
    throw new CommandError(exitCodes.noResult, `no version was made: ${error.message}`, { cause: error.cause });
  throw error;
}

/** What other homes of the store did with the versions of the model, so that it is known which is in use and which numbers are taken. */
async function learnActs(terminal: Terminal, id: string): Promise<void> {
  const { withModelStore } = await import('../../models/store-models.js');
  const { shareActs } = await import('../../models/version-acts.js');
  const config = readConfig(terminal.environment);
  await withModelStore(config, terminal.note, async (store) => {
    if (store !== null) await shareActs(config.home, store, id);
  });
}

/** Puts it into the store, where there is one; null where there is none. */
async function intoStore(terminal: Terminal, { name, folder }: TunedVersion): Promise<boolean | null> {
  const { withModelStore } = await import('../../models/store-models.js');
  const { shareActs } = await import('../../models/version-acts.js');
  const { addToStore } = await import('../../models/add-model.js');
  const { manifestFile, readManifest } = await import('../../models/home-models.js');
  const manifest = await readManifest(`${folder}/${manifestFile}`);
  const config = readConfig(terminal.environment);
  return withModelStore(config, terminal.note, async (store) => {
    if (store === null) return null;
    const isNew = await addToStore(store, { name, folder, manifest });
    await shareActs(config.home, store, manifest.id);
    return isNew;
  });
}

function text({ name, folder, lineage, before }: TunedVersion, store: boolean | null): string {
  const is = before ? 'was made of the same before and is' : 'is';
  const used = lineage.verdict === 'promoted' ? 'promoted' : 'rejected';
  return [
    `${name} ${is} in ${folder}${store === null ? '' : ', and in the store'}`,
    `  ${used}: ${lineage.reason}`,
    ...(lineage.judged === null ? [] : [`  judged against ${lineage.judged.against}`]),
  ].join('\n');
}
