import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../examples/replay-pool/replay.js', import.meta.url));

it('replays a pool in twenty lines, and comes to a yield that few of its rows have', async () => {
  const lines = (await readFile(program, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeLessThanOrEqual(21);
  const { stdout } = await promisify(execFile)(process.execPath, [program]);
  const shown = stdout.trim().split('\n');
  expect(shown).toHaveLength(31);
  const rows = shown.slice(0, 30).map((line) => /^\d+ (\S+):/.exec(line)?.[1]);
  expect(new Set(rows).size).toBe(30);
  const [, best, highest] = /^best ([\d.]+) % of ([\d.]+) %$/.exec(shown[30]!)!.map(Number);
  expect(best!).toBeGreaterThan(0.95 * highest!);
});
