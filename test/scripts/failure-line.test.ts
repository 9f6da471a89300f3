import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Cause } from '../../models/domain/trial.js';
import { cleanLine, failureLine } from '../../scripts/failure-line.js';
import { failureLines, trialLine } from '../../scripts/progress.js';
import { runCli } from '../support/cli.js';
import { someRecord } from '../support/record.js';

const cause = (message: string): Cause => ({ class: 'unknown', code: 'exitCode', message });
const exit3 = 'the program ended with exit code 3';

it.each([
  [exit3, `exitCode: ${exit3}`],
  [`${exit3}; stderr ends: furnace is cold\nline two`, 'exitCode: furnace is cold'],
  [`${exit3}; stderr ends: \n\n  ---\n\u001b[31mred alarm\u001b[0m\u0007\r\nmore`, 'exitCode: red alarm'],
  [
    `${exit3}; stderr ends: Traceback (most recent call last):\n  File "a.py", line 3, in <module>\n    run(x)\nValueError: no solvent`,
    'exitCode: ValueError: no solvent',
  ],
  [`${exit3}; stderr ends: \u001b]0;title\u0007a\u202eb\u200bc`, 'exitCode: a b c'],
  ['', 'exitCode'],
])('%j is told as %s', (message, line) => {
  expect(failureLine(cause(message))).toBe(line);
});

it('is short, whatever was said', () => {
  const line = failureLine(cause(`${exit3}; stderr ends: ${'word '.repeat(500)}`));
  expect(line.length).toBeLessThanOrEqual(160);
  expect(cleanLine('a'.repeat(300)).endsWith('…')).toBe(true);
});

it('is told of each trial, and of all by reasons, newest first', () => {
  const broken = cause(`${exit3}; stderr ends: pump lost`);
  const record = someRecord([{ cause: broken }, { value: 1 }, { cause: cause('other') }, { cause: broken }]);
  expect(failureLines(record.trials)).toEqual([
    'some/r4/p1: failed, exitCode: pump lost (2 times)',
    'some/r3/p1: failed, exitCode: other',
  ]);
  const step = { trial: record.trials[0]!, cumulativeCost: 2, best: null };
  expect(trialLine(record.campaign, step, record.trials)).toContain('failed, exitCode: pump lost');
});

it('is printed by simulate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'athanor-failing-'));
  await writeFile(join(folder, 'program.js'), "console.error('the stirrer does not turn'); process.exit(4);\n");
  await writeFile(
    join(folder, 'campaign.yaml'),
    `name: failing
space: {parameters: [{name: x, type: continuous, bounds: [0, 1]}]}
objectives: [{name: y, direction: minimise}]
fidelities: [{name: real, adapter: command, settings: {command: [${process.execPath}, ${join(folder, 'program.js')}]}, cost: 1}]
budget: {trials: 2}
`,
  );
  try {
    const { code, stdout, stderr } = await runCli(['simulate', 'campaign.yaml', '-q'], { cwd: folder });
    expect(code, stderr).toBe(5);
    expect(stdout).toContain('failed, exitCode: the stirrer does not turn (2 times)');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
