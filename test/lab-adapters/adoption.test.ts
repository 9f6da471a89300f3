import { expect, test } from 'vitest';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { Calls } from '../../lab-adapters/http/calls.js';
import { httpDevice } from '../../lab-adapters/http/device.js';
import { httpSettings } from '../../lab-adapters/http/settings.js';
import { refuseAnothers } from '../../lab-adapters/internal/adoption.js';
import type { Remembered } from '../../lab-adapters/internal/job-ledger.js';

const request = (x: number): JobRequest => ({
  design: { x },
  rowId: null,
  substances: {},
  fidelity: 'robot',
  objectives: ['y'],
});
const remembered = (more: Partial<Remembered>): Remembered =>
  ({
    key: 'c/r1/p1/g1/run',
    request: request(1),
    fence: 1,
    phase: 'ended',
    attempt: 1,
    at: 100,
    limitMs: 0,
    ...more,
  }) as Remembered;
const lost = remembered({ end: { state: 'unknown' } as Remembered['end'] });
const adopts = (records: readonly Remembered[], lastJobOnly: boolean) => () =>
  refuseAnothers({ key: 'c/r1/p1/g2/run', request: request(1), handle: '7' }, records, lastJobOnly);

test.each([
  ['nothing else was begun', [lost], null],
  ['another was begun before', [lost, remembered({ key: 'c/r0', request: request(2), at: 50 })], null],
  [
    'another was begun since',
    [lost, remembered({ key: 'c/r2', request: request(2), at: 150 })],
    /'c\/r2' was begun since/,
  ],
  ['another was not begun after all', [lost, remembered({ key: 'c/r2', phase: 'free', at: 150 })], null],
  ['it was begun by hand', [remembered({ key: 'c/r2', request: request(2), at: 150 })], null],
  ['the name is that of another', [remembered({ key: 'c/r2', handle: '7' })], /job '7' is that of 'c\/r2'/],
] as const)(
  'of a device that tells of its last job only, a job is adopted unless it must be another: %s',
  (_, records, words) => {
    if (words === null) expect(adopts(records, true)).not.toThrow();
    else expect(adopts(records, true)).toThrow(words);
  },
);

test('one that is asked for a job by name tells of any', () => {
  expect(adopts([lost, remembered({ key: 'c/r2', request: request(2), at: 150 })], false)).not.toThrow();
});

test.each([
  ['/jobs/{job}', false],
  ['/jobs?key={key}', false],
  ['/status', true],
])('a device of http whose status is at %s tells of its last job only: %s', (path, expected) => {
  const status = { path, state: 'state', states: { running: ['busy'], succeeded: ['done'] } };
  const settings = httpSettings.parse({ url: 'http://127.0.0.1:1', submit: { path: '/jobs', body: {} }, status });
  expect(httpDevice(settings, new Calls(settings, {})).lastJobOnly).toBe(expected);
});
