import { Command, InvalidArgumentError, Option } from 'commander';
import { type Access, endAccess, giveAccess, listAccess } from '../../activities/store/access.js';
import { openStore, type Store } from '../../activities/store/client.js';
import { durationMs, durationSchema } from '../../models/domain/duration.js';
import { AthanorError } from '../../models/domain/errors.js';
import { type Role, roles } from '../../models/domain/roles.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';
import { whoSays } from './who.js';
import { withServices } from './with-control.js';

interface AddOptions {
  readonly name: string;
  readonly for?: string;
  readonly role: Role;
  readonly lasts: string;
  readonly as?: string;
  readonly json?: boolean;
}

/** `athanor token`: who may use the API. */
export const tokenCommand: Verb = (terminal) =>
  new Command('token')
    .description('who may use the API of this store: give tokens, list them, end them')
    .addCommand(addCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(endCommand(terminal))
    .addHelpText('after', '\nExample:\n  athanor token add --name notebook --role scientist');

function addCommand(terminal: Terminal): Command {
  return new Command('add')
    .description('give a token; it is shown once, and kept nowhere')
    .requiredOption('--name <name>', 'by which it is listed and ended')
    .addOption(
      new Option('--role <role>', 'what it may do; each may do what those before it may')
        .choices(roles)
        .default('viewer'),
    )
    .option('--for <who>', 'who decides by it, as the record names them (you)')
    .option('--lasts <time>', 'after which it is no longer good', lasting, '90d')
    .option('--as <name>', 'who gives it (the user of this machine)')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  athanor token add --name night-shift --role operator --for kim --lasts 7d')
    .action(({ name, for: given, role, lasts, as, json }: AddOptions) => {
      const madeBy = whoSays(as);
      const who = given ?? madeBy;
      return withStore(terminal, async ({ query }) => {
        const token = await giveAccess(query, { kind: 'token', who, role, name, madeBy, lastsMs: durationMs(lasts) });
        await print(terminal, json, { name, who, role, token }, () => token);
      });
    });
}

function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description('tokens and sessions of browsers that are good')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  athanor token list')
    .action((options: { json?: boolean }) =>
      withStore(terminal, async ({ query }) => {
        const all = await listAccess(query);
        await print(terminal, options.json, all, () =>
          all.length === 0 ? 'there are none' : all.map(accessLine).join('\n'),
        );
      }),
    );
}

function endCommand(terminal: Terminal): Command {
  return new Command('end')
    .description('end a token, or all sessions of somebody')
    .argument('[name]', 'of the token')
    .option('--sessions-of <who>', 'log their browsers out')
    .option('--as <name>', 'who ends it (the user of this machine)')
    .addHelpText('after', '\nExample:\n  athanor token end night-shift')
    .action((name: string | undefined, { sessionsOf, as }: { sessionsOf?: string; as?: string }) =>
      withStore(terminal, async ({ query }) => {
        const which = sessionsOf === undefined ? { token: name ?? '' } : { sessionsOf };
        const count = await endAccess(query, which, whoSays(as));
        if (count === 0)
          throw new AthanorError('NOT_FOUND', `there is no token '${name ?? ''}' that is good, nor such a session`);
        terminal.note(count === 1 ? 'ended' : `${count} ended`);
      }),
    );
}

function accessLine({ kind, name, who, role, until, usedAt }: Access): string {
  const day = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
  const used = usedAt === null ? 'never used' : `last used ${day(usedAt)}`;
  return `${kind}  ${name ?? '-'}  ${who} (${role})  until ${day(until)}, ${used}`;
}

function withStore<T>(terminal: Terminal, work: (store: Store) => Promise<T>): Promise<T> {
  return withServices(terminal, async (_, { databaseUrl }) => {
    const store = openStore(databaseUrl, { connections: 1 });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  });
}

function lasting(text: string): string {
  if (!durationSchema.safeParse(text).success) throw new InvalidArgumentError('A time is wanted, as 12h or 90d.');
  return text;
}
