import { Command } from 'commander';
import type { StoreEvent } from '../../activities/store/event.js';
import { redactorOf } from '../../models/domain/redaction.js';
import { eventLine } from '../event-line.js';
import { wholeNumber } from './arguments.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

/** How often it looks for new ones, milliseconds. */
const lookMs = 500;
const shown = 100;

interface Options {
  readonly after?: number;
  readonly limit: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** `athanor events [ID]`: the log of all that happened. */
export const eventsCommand: Verb = (terminal) =>
  new Command('events')
    .description('what happened, from the log: campaigns, trials, jobs, instruments, and what people did')
    .argument('[id]', 'campaign id; all where absent')
    .option('--after <seq>', 'only what comes after that number; the last ones where absent', wholeNumber(0))
    .option('--limit <n>', 'how many at most', wholeNumber(1, 100_000), shown)
    .option('-f, --follow', 'go on with what happens, until Ctrl-C')
    .option('--json', 'print one JSON object a line')
    .addHelpText(
      'after',
      '\nNumbers have no gaps and never change: who remembers the last one seen goes on after it.\n\nExamples:\n  athanor events redox-mediator\n  athanor events --after 1204 --follow --json',
    )
    .action(async (id: string | undefined, options: Options) => {
      const redact = redactorOf(terminal.environment);
      const show = (event: StoreEvent) =>
        print(terminal, false, event, () => redact(options.json ? JSON.stringify(event) : eventLine(event)));
      await withControl(
        terminal,
        async (control) => {
          let { after } = options;
          if (id !== undefined) await control.status(id);
          const last = after === undefined ? await control.events.last({ campaign: id, limit: options.limit }) : [];
          for (const event of last) await show(event);
          after ??= last.at(-1)?.seq ?? 0;
          let left = options.limit - last.length;
          const leave = new AbortController();
          const undo = terminal.onInterrupt(() => leave.abort());
          try {
            while (!leave.signal.aborted && (options.follow || left > 0)) {
              const limit = options.follow ? 1_000 : Math.min(1_000, left);
              const events = await control.events.list({ after, campaign: id, limit });
              for (const event of events) await show(event);
              after = events.at(-1)?.seq ?? after;
              left -= events.length;
              if (events.length > 0) continue;
              if (!options.follow) break;
              await new Promise<void>((resolve) => {
                const timer = setTimeout(resolve, lookMs);
                leave.signal.addEventListener('abort', () => {
                  clearTimeout(timer);
                  resolve();
                });
              });
            }
          } finally {
            undo();
          }
        },
        () => undefined,
      );
    });
