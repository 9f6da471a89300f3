import { Command, InvalidArgumentError } from 'commander';
import { sha256Pattern } from '../../../models/domain/artefact.js';
import { AthanorError } from '../../../models/domain/errors.js';
import { readConfig } from '../../config.js';
import { prepareHome } from '../../home.js';
import type { AddedModel } from '../../models/add-model.js';
import { print, type Terminal } from '../terminal.js';
import type { Verb } from '../verb.js';
import { type DescribeOptions, withDescribeOptions } from './describe-options.js';
import { sizeText, transferNotes } from './model-lines.js';
import { refusedAsInput } from './refused.js';

interface AddOptions extends DescribeOptions {
  readonly manifest?: string;
  readonly folder?: string;
  readonly sha256?: string;
  readonly hub?: string;
  readonly homeOnly?: boolean;
  readonly json?: boolean;
}

/** `athanor models add SOURCE`: a model into the home, and into its store where it has one. */
export const modelsAddCommand: Verb = (terminal) =>
  withDescribeOptions(
    new Command('add')
      .description('keep a model: from a folder, an archive, an address or a hub, checked against its manifest')
      .argument(
        '<source>',
        'folder, archive, address, hub:OWNER/NAME@COMMIT, known model (minimol), or ID@VERSION in the store',
      )
      .option('--manifest <file>', 'the manifest, where it does not stand beside the network')
      .option('--folder <path>', "the model's folder within the source, where it has several")
      .option('--sha256 <hash>', 'of the archive', hashOf)
      .option('--hub <address>', 'hub of hub:OWNER/NAME')
      .option('--home-only', 'keep it in the home alone, also where there is a store')
      .option('--json', 'print what was added as JSON'),
  )
    .addHelpText(
      'after',
      `
It is kept in the home (models/ID@VERSION) and, where there is a store (DATABASE_URL, or campaigns were run in the home), by the hashes
of its files there, so that every worker can have it. A source without a manifest is described by what it says of itself and the
options from --name on; all that is missing is listed. A transfer that broke is gone on with when the same is called again.

Examples:
  athanor models add minimol
  athanor models add ./chemberta --name chemberta@2 --modality smiles --pooling mean
  athanor models add model.tar.gz
  athanor models add hub:OWNER/NAME@0123456789abcdef0123456789abcdef01234567 --modality text --pooling cls
  athanor models add rxnmapper-albert@uspto_all_1310k      # from the store into this home`,
    )
    .action(async (given: string, options: AddOptions) => {
      const config = readConfig(terminal.environment);
      await prepareHome(config.home, terminal.note);
      const { withModelStore } = await import('../../models/store-models.js');
      const { addFromStore, addToStore } = await import('../../models/add-model.js');
      const { shareActs } = await import('../../models/version-acts.js');
      const result = await refusedAsInput(() => obtain(terminal, given, options));
      const stored = async (): Promise<readonly [AddedModel, boolean | null]> => {
        if (options.homeOnly === true && result !== null) return [result, null];
        return withModelStore(config, terminal.note, async (store) => {
          const model = result ?? (await refusedAsInput(() => addFromStore(config.home, given, store)));
          if (store === null) return [model, null];
          const isNew = await addToStore(store, model);
          await shareActs(config.home, store, model.manifest.id);
          return [model, isNew];
        });
      };
      const [model, inStore] = await stored().catch((error: unknown) => {
        if (result === null || !(error instanceof AthanorError)) throw error;
        terminal.note(
          `athanor: ${result.name} is in ${result.folder}, but not in the store: athanor models add ${result.name}`,
        );
        throw error;
      });
      const { manifest, ...told } = model;
      await print(
        terminal,
        options.json,
        { ...told, store: inStore === null ? null : inStore ? 'added' : 'there' },
        () => {
          const home = model.added ? 'is now' : 'was already';
          const store = inStore === null ? '' : inStore ? ', and in the store' : ', as in the store';
          const looked = model.looked === null ? '' : `\n  as its manifest says: ${model.looked}`;
          return `${model.name} ${home} in ${model.folder}${store}\n  ${manifest.modality} to ${manifest.recommendedOutput}, ${manifest.licence}${looked}`;
        },
      );
    });

/** The model of a source, in the home; null for one that is there or in the store already. */
async function obtain(terminal: Terminal, given: string, options: AddOptions): Promise<AddedModel | null> {
  const { home } = readConfig(terminal.environment);
  const { readSource } = await import('../../models/source.js');
  const { modelName } = await import('../../../models/pretrained/manifest.js');
  const { homeModels, isWhole } = await import('../../models/home-models.js');
  const source = await readSource(given, options.hub);
  const { addFromFolder, addFromStore, manifestFor } = await import('../../models/add-model.js');
  if (source.kind === 'kept') {
    const here = (await homeModels(home)).find(({ name }) => name === source.name);
    return here !== undefined && (await isWhole(here)) ? addFromStore(home, source.name, null) : null;
  }
  if (source.kind === 'known') {
    const name = modelName(source.known.manifest);
    const here = (await homeModels(home)).find((model) => model.name === name);
    if (here !== undefined && (await isWhole(here))) return addFromStore(home, name, null);
  }
  const { fetchSource } = await import('../../models/fetch-source.js');
  const { findRoot } = await import('../../models/find-root.js');
  const fetched = await fetchSource(source, {
    home,
    sha256: options.sha256,
    network: options.model,
    log: (line) => terminal.note(`athanor: ${line}`),
    onBytes: transferNotes(terminal, (what, done, total) => {
      const of = total === null ? '' : ` of ${sizeText(total)}`;
      return `athanor: ${what}, ${sizeText(done)}${of}`;
    }),
  });
  let isDone = source.kind === 'file';
  try {
    const root = await findRoot(fetched.folder, options.folder);
    const model = await addFromFolder(home, root, await manifestFor(root, options));
    isDone = true;
    return model;
  } finally {
    // What came over a network stays for the next try.
    if (isDone) await fetched.done();
  }
}

function hashOf(text: string): string {
  if (sha256Pattern.test(text)) return text;
  throw new InvalidArgumentError('64 hexadecimal digits are wanted.');
}
