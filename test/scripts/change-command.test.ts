import { describe, expect, it } from 'vitest';
import type { Change, InForce } from '../../models/domain/change.js';
import { changesOf } from '../../models/domain/change.js';
import { changeLine, differences, inForceLine } from '../../scripts/change-lines.js';
import { buildProgram } from '../../scripts/commands/program.js';
import { processTerminal } from '../../scripts/commands/terminal.js';
import { afterChange } from '../../workflows/changes.js';

/** What `athanor change` says of words that it refuses before it looks for a server. */
async function refusal(...argv: string[]): Promise<string> {
  const program = await buildProgram(processTerminal(process), () => undefined, 'change');
  for (const verb of program.commands) verb.configureOutput({ writeErr: () => undefined });
  return program.parseAsync(['change', 'c', ...argv], { from: 'user' }).then(
    () => '',
    (error: Error) => error.message,
  );
}

const was: InForce = {
  parallel: 2,
  budget: { cost: null, trials: 30, wallClockMs: null },
  stop: [{ type: 'targetReached', value: 0.5 }],
  lifted: ['targetReached'],
};

describe('change', () => {
  it.each([
    [['--why', 'so'], /nothing to change \(give --parallel, --target/],
    [['--fix', 't=80', 'x', 't=90', '--why', 'so'], /'x' given \(name=value[\s\S]*t: given twice/],
    [['--fix', 't=80', '--release', 't', '--why', 'so'], /t: fixed and released/],
    [['--parallel', '3'], /required option '--why <text>' not specified/],
    [['--parallel', '3', '--why', ' '], /why: empty/],
    [['--seen', '-1', '--parallel', '3', '--why', 'so'], /whole number of at least 0/],
  ])('%j is refused', async (argv, words) => {
    expect(await refusal(...argv)).toMatch(words);
  });

  it('is refused with everything that is wrong, in the words of the campaign file', async () => {
    const wrong = [
      '--parallel',
      'two',
      '--patience',
      '0',
      '--regret',
      '0.1:1.5',
      '--wall-clock',
      'soon',
      '--cost',
      '-3',
    ];
    const said = await refusal(...wrong, '--target', 'loss=low', '--why', 'so');
    for (const words of [
      /parallel: 'two' is not allowed \(.*number/,
      /stop\.noImprovement\.rounds: 0 is not allowed \(a number at least 1/,
      /stop\.regretBound\.probability: 1\.5 is not allowed \(a number less than 1/,
      /budget\.wallClock: 'soon'/,
      /budget\.cost: -3 is not allowed/,
      /stop\.targetReached\.value: 'low' is not allowed/,
    ])
      expect(said).toMatch(words);
    expect(await refusal('--regret', '0.1', '--why', 'so')).toMatch(/stop\.regretBound\.probability: missing/);
  });

  it('is told in one line, and so is what is in force', () => {
    const line = (change: Change, note = 'why\nnot') => {
      const details = { sinceRound: 4, was, is: afterChange(was, change, 4), note };
      const entry = { at: 0, who: 'ann', action: 'change', details };
      return changeLine(changesOf([{ ...entry, action: 'pause' }, entry])[0]!);
    };
    const stop = { targetReached: { value: 0.25 }, regretBound: { epsilon: 0.1, probability: 0.95 } };
    expect(line({ parallel: 3, stop, budget: { cost: 60, trials: null } })).toBe(
      '1: parallel 3 (was 2), cost 60 (was unlimited), trials unlimited (was 30), target 0.25 (was 0.5), ' +
        'regret 0.1 with probability 0.95 (there was none), targetReached lifted no more by ann from round 4 on: why not',
    );
    expect(line({ stop: { targetReached: null } })).toMatch(/^1: no rule targetReached \(was target 0\.5\)/);
    expect(line({ parallel: 2 })).toMatch(/^1: nothing that was not so by ann/);
    expect(inForceLine(was)).toBe('parallel 2; trials 30; target 0.5 (lifted)');
    expect(inForceLine({ ...was, stop: [] })).toBe('parallel 2; trials 30; no stop rule');
    const kept = afterChange(was, { fixed: { t: 80, solvent: 'DMF' } }, 4);
    expect(inForceLine(kept)).toBe('parallel 2; trials 30; target 0.5 (lifted); fixed solvent = DMF, t = 80');
    expect(differences(kept, afterChange(kept, { fixed: { t: 90, solvent: null, c: 1 } }, 5))).toEqual([
      'c fixed at 1 (was free)',
      'solvent free (was DMF)',
      't fixed at 90 (was 80)',
    ]);
    const said = afterChange(was, { contexts: { batch: 'B7' } }, 4);
    expect(inForceLine(said)).toBe('parallel 2; trials 30; target 0.5 (lifted); batch said to be B7 from round 4 on');
    expect(differences(was, said)).toEqual(['batch is B7 (nobody had said)']);
    expect(differences(said, afterChange(said, { contexts: { batch: 'B8' } }, 6))).toEqual(['batch is B8 (was B7)']);
    // Of a version that did not tell what was in force.
    const old = { at: 0, who: 'ann', action: 'parallel', details: { parallel: 3, note: 'so' } };
    expect(changesOf([old])[0]).toMatchObject({ n: 1, told: null });
    expect(changeLine(changesOf([old])[0]!)).toBe('1: parallel by ann: so');
  });
});
