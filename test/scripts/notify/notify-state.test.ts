import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../../scripts/config.js';
import { notifyState, notifyTroubles } from '../../../scripts/notify/notify-state.js';
import { type TemporaryHome, temporaryHome } from '../../support/home.js';

let home: TemporaryHome;
beforeAll(async () => {
  home = await temporaryHome();
  const text = 'destinations: { phone: { webhook: https://ntfy.example/lab, secret: { from: HOOK } } }';
  await writeFile(join(home.path, 'notify.yaml'), text);
});
afterAll(() => home?.remove());

const health = {
  name: 'phone',
  toldAt: new Date(0),
  trouble: null,
  troubleAt: null,
  gone: false,
  waiting: 0,
  lost: false,
};

it('says of variables that are set for the worker alone what is known', async () => {
  expect(await notifyTroubles(home.path, {}, [health])).toEqual([]);
  expect(await notifyTroubles(home.path, {}, [])).toEqual([
    'phone: HOOK is not set in this shell, and no worker has taken it up yet: it needs it',
  ]);
  const trouble = { ...health, trouble: 'it answered 500', waiting: 2, lost: false };
  expect(await notifyTroubles(home.path, {}, [trouble])).toEqual(['phone: it answered 500; 2 messages wait']);
  expect(await notifyState(readConfig({ ATHANOR_HOME: home.path }), {})).toBe(
    'phone (HOOK is not set in this shell, and no worker has taken it up yet: it needs it)',
  );
  // What a value is wrong for here is wrong for the worker, too.
  expect(await notifyTroubles(home.path, { HOOK: 'short' }, [health])).toEqual([
    expect.stringContaining('holds no signing secret'),
  ]);
});
