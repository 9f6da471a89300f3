// node summary.mjs RESULTS: reads what vitest's JSON reporter wrote, says which files took longest (on stderr), keeps the
// durations of all files for the order of the next run, and prints the counts of tests in one line.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const kept = path.join(root, '.durations.json');
const results = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const seconds = results.testResults
  .map(({ name, startTime, endTime }) => [path.relative(root, name), Math.round((endTime - startTime) / 100) / 10])
  .sort(([, a], [, b]) => b - a);
const slowest = seconds.slice(0, 10).filter(([, took]) => took >= 2);
if (slowest.length > 0) console.error('slowest files:');
for (const [name, took] of slowest) console.error(`${took.toFixed(1).padStart(7)} s  ${name}`);

let earlier = {};
try {
  earlier = JSON.parse(readFileSync(kept, 'utf8'));
} catch {
  // The first check here.
}
writeFileSync(kept, `${JSON.stringify({ ...earlier, ...Object.fromEntries(seconds) }, null, 2)}\n`);

const unloaded = results.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
const { numPassedTests: passed, numFailedTests: failed, numPendingTests: pending, numTodoTests: todo } = results;
const files = unloaded.length > 0 ? `, ${unloaded.length} files not loaded` : '';
console.log(`${passed} passed, ${failed} failed, ${pending + todo} skipped${files}`);
