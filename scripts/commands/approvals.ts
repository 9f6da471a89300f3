import { Command } from 'commander';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { confirmed, decidedBy, type Options } from './decisions.js';
import { print, type Terminal } from './terminal.js';
import type { Verb } from './verb.js';
import { withServices } from './with-control.js';

interface SayOptions extends Options {
  readonly why?: string;
}

/** `athanor approve TRIAL...` */
export const approveCommand: Verb = (terminal) =>
  new Command('approve')
    .description('let proposals begin that wait for approval')
    .argument('<trial...>', 'trial ids, as c/r3/p1')
    .option('--why <text>', 'the reason, kept with the decision')
    .option('--as <name>', 'who decides (the user of this machine)')
    .option('--json', 'print the trials as JSON')
    .addHelpText(
      'after',
      `
'athanor inbox' says what waits, why it was proposed, and until when. Said again it is not taken twice.

Example:
  athanor approve redox-mediator/r3/p1 redox-mediator/r3/p2 --why 'stock is there'`,
    )
    .action((trials: string[], options: SayOptions) => sayOf(terminal, 'approve', trials, options));

/** `athanor reject TRIAL...` */
export const rejectCommand: Verb = (terminal) =>
  new Command('reject')
    .description('take proposals back that have not begun')
    .argument('<trial...>', 'trial ids, as c/r3/p1')
    .requiredOption('--why <text>', 'the reason, kept with the decision')
    .option('--as <name>', 'who decides (the user of this machine)')
    .option('--json', 'print the trials as JSON')
    .addHelpText(
      'after',
      `
What is taken back was never run: it is no failure, costs nothing, and its design may be proposed again.

Example:
  athanor reject redox-mediator/r3/p1 --why 'that solvent boils at 65 °C'`,
    )
    .action((trials: string[], options: SayOptions) => {
      if (options.why!.trim() === '')
        throw new InvalidInputError('reject', [{ path: 'why', message: 'empty', remedy: 'say why it is so' }]);
      return sayOf(terminal, 'reject', trials, options);
    });

/** Says the same of each; what cannot be of one is said at the end, and keeps nothing from the others. */
async function sayOf(
  terminal: Terminal,
  action: 'approve' | 'reject',
  trials: readonly string[],
  { why, ...options }: SayOptions,
): Promise<void> {
  for (const trial of trials) parseTrialId(trial);
  const decided = decidedBy(why === undefined ? options : { ...options, note: why });
  await withServices(terminal, async (control) => {
    const told: unknown[] = [];
    const lines: string[] = [];
    const refused: AthanorError[] = [];
    for (const trial of trials) {
      try {
        await confirmed(terminal, action, () => control[action](trial, decided));
        told.push(await control.trial(trial));
        lines.push(`${trial}: ${action === 'approve' ? 'approved' : 'rejected'}`);
      } catch (error) {
        if (!(error instanceof AthanorError) || trials.length === 1) throw error;
        refused.push(error);
      }
    }
    if (told.length > 0) await print(terminal, options.json, told, () => lines.join('\n'));
    if (refused.length > 0) throw new AthanorError(refused[0]!.code, refused.map(({ message }) => message).join('\n'));
  });
}
