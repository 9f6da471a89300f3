import { Command } from 'commander';
import { giveAccess, listAccess } from '../../activities/store/access.js';
import { openStore } from '../../activities/store/client.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { redactorOf } from '../../models/domain/redaction.js';
import { homeIdentity } from '../durable/home-identity.js';
import type { OwnStop } from '../serve/own-stop.js';
import { wholeNumber } from './arguments.js';
import { untilInterrupted } from './lab/until-interrupted.js';
import type { Verb } from './verb.js';
import { whoSays } from './who.js';
import { withServices } from './with-control.js';

/** How long the link to log in is good, milliseconds. */
const loginMs = 15 * 60_000;
/** A name or an address, with or without a port, as in the header Host. */
const hostName = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;
const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

interface Options {
  readonly host: string;
  readonly port: number;
  readonly name?: readonly string[];
  readonly stopPort?: number;
  readonly stopUrl?: string;
  readonly as?: string;
}

/** `athanor serve`: the HTTP API, until interrupted. */
export const serveCommand: Verb = (terminal) =>
  new Command('serve')
    .description('serve the HTTP API: campaigns, inbox, decisions, and the log as it grows')
    .option('--port <port>', 'where to listen; 0 for any that is free', wholeNumber(0, 65_535), 8750)
    .option('--host <address>', 'address to listen on; others than this machine’s own need a token first', '127.0.0.1')
    .option('--name <host...>', 'by which it is called from elsewhere, as a proxy before it has: lab.example.org')
    .option('--stop-port <port>', 'where safe stop listens (the next after --port)', wholeNumber(0, 65_535))
    .option(
      '--stop-url <url>',
      'by which pages reach safe stop where a proxy is before it: https://stop.lab.example.org',
    )
    .option('--as <name>', 'who you are to it (the user of this machine)')
    .addHelpText(
      'after',
      `
Prints a link that logs a browser of yours in, once. Programs have tokens: see 'athanor token'. What there is to be asked for tells
/api/v1/openapi.json. It speaks no TLS: put a proxy before it where others than this machine are to reach it.

Examples:
  athanor serve
  athanor serve --host 0.0.0.0 --name lab.example.org`,
    )
    .action(async ({ host, port, name = [], as, stopPort, stopUrl }: Options) => {
      const strange = name.filter((one) => !hostName.test(one));
      if (strange.length > 0)
        throw new InvalidInputError(
          'serve',
          strange.map((one) => ({
            path: 'name',
            message: `'${one}' is no name of a server`,
            remedy:
              'give a name or an address, and a port where it has another: lab.example.org or lab.example.org:8443',
          })),
        );
      if (stopUrl !== undefined && !/^https?:$/.test(URL.canParse(stopUrl) ? new URL(stopUrl).protocol : ''))
        throw new InvalidInputError('serve', [
          { path: 'stop-url', message: `'${stopUrl}' is no address`, remedy: 'such as https://stop.lab.example.org' },
        ]);
      await withServices(terminal, async (control, { databaseUrl }, { home, shared }) => {
        const store = openStore(databaseUrl, { connections: 1 });
        const { startServer } = await import('../serve/server.js');
        try {
          if (!loopback.has(host) && (await listAccess(store.query)).length === 0)
            throw new InvalidInputError('serve', [
              {
                path: 'host',
                message: `nobody could speak to a server at ${host}, as there is no token`,
                remedy: "give somebody a token first ('athanor token add'), or listen on 127.0.0.1",
              },
            ]);
          const { note: log, environment } = terminal;
          const jobs = shared ?? home;
          let stop: OwnStop | null = null;
          let unwatch = async () => {};
          const place = { jobs, shared: shared !== null, log };
          const server = await startServer(
            {
              ...{ control, databaseUrl, home, redact: redactorOf(environment), log, place },
              stopAt: () => stop?.at ?? null,
            },
            { host, port, names: name },
          );
          try {
            const { ownStop } = await import('../serve/own-stop.js');
            const given = { host, port: stopPort ?? (port === 0 ? 0 : port + 1), names: name, url: stopUrl ?? null };
            stop = await ownStop(server, given, { jobs, environment });
            const { id } = await homeIdentity(jobs, { shared: shared !== null, log });
            unwatch = control.alarms.watch({ home: id, jobs, redact: redactorOf(environment), log });
            const who = whoSays(as);
            const code = await giveAccess(store.query, {
              ...{ kind: 'login', who, role: 'admin', name: null, madeBy: who, lastsMs: loginMs },
            });
            const { href } = new URL(`/login?code=${code}`, server.url);
            const words = `serving at ${server.url}; Ctrl-C ends it\nto log in, once and within 15 minutes: ${href}\nsafe stop, also without any other server: ${stop.url}`;
            await untilInterrupted(terminal, words);
          } finally {
            await server.close();
            await stop?.end();
            await unwatch();
          }
        } finally {
          await store.close();
        }
      });
    });
