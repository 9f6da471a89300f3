import { describe, expect, it } from 'vitest';
import type { Ruling } from '../../models/domain/ruling.js';
import { buildProgram } from '../../scripts/commands/program.js';
import { processTerminal } from '../../scripts/commands/terminal.js';
import { rulingLine } from '../../scripts/ruling-line.js';

/** What a verb that rules says of words that it refuses before it looks for a server. */
async function refusal(verb: string, ...argv: string[]): Promise<string> {
  const program = await buildProgram(processTerminal(process), () => undefined);
  for (const verb of program.commands) verb.configureOutput({ writeErr: () => undefined });
  return program.parseAsync([verb, 'c/r1/p1', ...argv], { from: 'user' }).then(
    () => '',
    (error: Error) => error.message,
  );
}

describe('rule', () => {
  it.each([
    [['--why', 'so'], /0 rulings given \(give one of --release, --amend/],
    [['--release', '--discard', '--why', 'so'], /2 rulings given/],
    [['--discard', '--why', ' '], /why: empty/],
    [['--discard'], /required option '--why <text>' not specified/],
    [['--amend', 'yield', '--why', 'so'], /name of an outcome and a number are wanted, as yield=41\.5/],
    [['--amend', 'yield=much', '--why', 'so'], /a number are wanted/],
    [['--failed', 'weather', '--why', 'so'], /Allowed choices are chemistry, device, operator, unknown/],
  ])('%j is refused', async (argv, words) => {
    expect(await refusal('rule', ...argv)).toMatch(words);
  });

  it.each([
    ['release', [], /required option '--why <text>' not specified/],
    ['release', ['yield', '--why', 'so'], /name of an outcome and a number are wanted, as yield=41\.5/],
    ['amend', ['--why', 'so'], /missing required argument 'name=value'/],
    ['amend', ['yield=1', '--why', ' '], /^amend: 1 fault\s+why: empty/],
    ['discard', ['yield=1', '--why', 'so'], /too many arguments/],
    ['discard', ['--why', ''], /^discard: 1 fault\s+why: empty/],
  ])('by the verb %s with %j is refused', async (verb, argv, words) => {
    expect(await refusal(verb, ...argv)).toMatch(words);
  });

  it('is told in one line', () => {
    const ruling: Ruling = {
      ...{ generation: 1, seq: 1, verdict: 'amend', values: { yield: 41.5, ash: 2 }, cause: null },
      ...{ who: 'ann', why: 'weighed\nagain', sinceRound: 4, at: 0 },
    };
    expect(rulingLine(ruling)).toBe('amended to yield=41.5 ash=2 by ann from round 4 on: weighed again');
    expect(rulingLine({ ...ruling, verdict: 'failed', values: {}, cause: 'operator' })).toMatch(
      /^declared failed \(operator\) by ann/,
    );
  });
});
