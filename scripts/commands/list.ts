import { Command } from 'commander';
import type { WaitingTrialOf } from '../durable/stillness.js';
import { awayText } from '../progress.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

function slotsText(waits: readonly WaitingTrialOf[]): string {
  const names = [...new Set(waits.map(({ on }) => (on.length === 0 ? 'what nothing can do' : on.join(' or '))))];
  return `${waits.length} trial${waits.length === 1 ? ' waits' : 's wait'} for ${names.join(', ')}`;
}

/** `athanor list`: all campaigns, newest first. */
export const listCommand: Verb = (terminal) =>
  new Command('list')
    .description('list all campaigns, newest first')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExample:\n  athanor list --json')
    .action(async (options: { json?: boolean }) => {
      const campaigns = await withControl(
        terminal,
        async (control) => {
          const [heads, away, { waits }] = await Promise.all([control.list(), control.away(), control.stillness()]);
          return heads.map((head) => ({
            ...head,
            away: away.filter(({ campaignId }) => campaignId === head.id),
            waits: waits.filter(({ campaignId }) => campaignId === head.id),
          }));
        },
        () => [],
      );
      await print(terminal, options.json, campaigns, () => {
        if (campaigns.length === 0) return 'no campaigns yet';
        const width = Math.max(...campaigns.map(({ id }) => id.length));
        return campaigns
          .map(({ id, phase, stop, createdAt, problem, away, waits: forSlots }) => {
            const since = new Date(createdAt).toISOString().replace('T', ' ').slice(0, 16);
            const waits = away.map(({ name, since: from, trials }) => awayText(name, Date.now() - from, trials.length));
            if (forSlots.length > 0) waits.push(slotsText(forSlots));
            return `${id.padEnd(width)}  ${phase.padEnd(8)}  ${since}  ${[stop?.text ?? problem ?? '', ...waits].filter((text) => text !== '').join('; ')}`.trimEnd();
          })
          .join('\n');
      });
    });
