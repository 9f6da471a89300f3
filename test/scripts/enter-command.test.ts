import { expect, it } from 'vitest';
import { buildProgram } from '../../scripts/commands/program.js';
import { processTerminal } from '../../scripts/commands/terminal.js';

/** What `athanor enter` says of words that it refuses before it looks for a server. */
async function refusal(...argv: string[]): Promise<string> {
  const environment = { ATHANOR_HOME: '/nonexistent/athanor' };
  const program = await buildProgram({ ...processTerminal(process), environment }, () => undefined, 'enter');
  for (const verb of program.commands) verb.configureOutput({ writeErr: () => undefined });
  return program.parseAsync(['enter', 'c/r1/p1', ...argv], { from: 'user' }).then(
    () => '',
    (error: Error) => error.message,
  );
}

it.each([
  [['yield'], /'yield' given \(name=value/],
  [['yield=1', 'yield=2'], /yield: given twice/],
  [
    ['yield=1', '--cost', 'much', '--noise', 'sd', '--file', '/no/such'],
    /noise: 'sd'[\s\S]*cost: 'much'[\s\S]*file: .*cannot be read/,
  ],
  [['--failed', 'weather'], /Allowed choices are chemistry, device, operator, unknown/],
])('%j is refused, with all that is wrong', async (argv, words) => {
  expect(await refusal(...argv)).toMatch(words);
});
