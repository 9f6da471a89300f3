import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { readConfig } from '../config.js';
import { exitCodes } from './exit-codes.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';

/** `athanor notify`: where people are told what waits for them, and whether that works. */
export const notifyCommand: Verb = (terminal, end) =>
  new Command('notify')
    .description('check where people are told what waits for them or stands still; --test tells each that it is a test')
    .argument('[file]', "file with destinations; the home's notify.yaml where absent, which alone workers use")
    .option('--test', 'send a test to each destination, and say what became of it')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Every fault of the file is listed. With --test it ends with 5 if a destination did not take the message. The file: docs/notifications.md.

Examples:
  athanor notify
  athanor notify --test`,
    )
    .action(async (given: string | undefined, options: { test?: boolean; json?: boolean }) => {
      const { loadNotify, notifyFile } = await import('../notify/notify-file.js');
      const { send } = await import('../notify/send.js');
      const { testMessage } = await import('../notify/message-text.js');
      const file = given ?? notifyFile(readConfig(terminal.environment).home);
      const destinations = await loadNotify(file, terminal.environment);
      const results = await Promise.all(
        destinations.map(async (destination) => {
          const { name, settings } = destination;
          const to = 'webhook' in settings ? new URL(settings.webhook).host : settings.email.join(', ');
          if (options.test !== true) return { name, to, sent: null };
          const id = `msg_${randomUUID().replaceAll('-', '')}`;
          return { name, to, sent: await send(destination, { id, message: testMessage(id, Date.now()) }) };
        }),
      );
      await print(terminal, options.json, { file, destinations: results }, () =>
        results.map(({ name, to, sent }) => `${name}  ${to}${sent === null ? '' : `: ${wordsOf(sent)}`}`).join('\n'),
      );
      if (results.some(({ sent }) => sent !== null && sent.how !== 'taken')) end(exitCodes.noResult);
    });

function wordsOf({ how, words }: { readonly how: 'taken' | 'failed' | 'gone'; readonly words: string | null }): string {
  const said = { taken: 'took it', failed: 'DID NOT TAKE IT', gone: 'DID NOT TAKE IT' }[how];
  return words === null ? said : `${said}: ${words}`;
}
