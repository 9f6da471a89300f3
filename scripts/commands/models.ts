import { Command } from 'commander';
import type { Verb } from './verb.js';

/** What is done with models, in the order of `athanor models --help`; each word is loaded when it is wanted. */
const words: Readonly<Record<string, () => Promise<Verb>>> = {
  add: async () => (await import('./models/add.js')).modelsAddCommand,
  list: async () => (await import('./models/list.js')).modelsListCommand,
  show: async () => (await import('./models/show.js')).modelsShowCommand,
  verify: async () => (await import('./models/verify.js')).modelsVerifyCommand,
  remove: async () => (await import('./models/remove.js')).modelsRemoveCommand,
  finetune: async () => (await import('./models/finetune.js')).modelsFinetuneCommand,
  history: async () => (await import('./models/history.js')).modelsHistoryCommand,
  rollback: async () => (await import('./models/rollback.js')).modelsRollbackCommand,
  describe: async () => (await import('./models/describe.js')).modelsDescribeCommand,
};

/**
 * `athanor models`: pretrained networks that a home and its store keep.
 *
 * @param word - with which the line goes on: where it is one of these, that one alone is loaded
 */
export async function modelsGroup(word?: string): Promise<Verb> {
  const alone = word !== undefined && Object.hasOwn(words, word);
  const wanted = await Promise.all((alone ? [words[word]!] : Object.values(words)).map((load) => load()));
  return (terminal, end) => {
    const group = new Command('models')
      .description('pretrained networks that are kept here: add, look at, check, fine-tune')
      .addHelpText(
        'after',
        `
Examples:
  athanor models add minimol
  athanor models add ./rxnmapper-albert
  athanor models list
  athanor models verify`,
      );
    for (const command of wanted) group.addCommand(command(terminal, end));
    return group;
  };
}
