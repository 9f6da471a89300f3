import { Command } from 'commander';
import { redactorOf } from '../../models/domain/redaction.js';
import type { FullInbox } from '../durable/control-contract.js';
import { inboxLines } from '../inbox-lines.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

const nothing: FullInbox = { trials: [], problems: [], away: [], obstacles: [] };

/** `athanor inbox [ID]`: everything that waits for a person. */
export const inboxCommand: Verb = (terminal) =>
  new Command('inbox')
    .description(
      'say what waits for a person: approvals, results, unknown jobs, quarantined values, problems, and what of labs stands still',
    )
    .argument('[id]', 'campaign id; all where absent, of those that have stopped what is quarantined')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  athanor inbox redox-mediator')
    .action(async (id: string | undefined, options: { json?: boolean }) => {
      const read = await withControl(
        terminal,
        (control) => control.inbox(id),
        ...(id === undefined ? [() => nothing] : []),
      );
      const redact = redactorOf(terminal.environment);
      const inbox = { ...read, problems: read.problems.map((one) => ({ ...one, text: redact(one.text) })) };
      await print(terminal, options.json, inbox, () => inboxLines(inbox, Date.now()).join('\n'));
    });
