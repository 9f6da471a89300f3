import { EventEmitter, once } from 'node:events';
import { expect, it } from 'vitest';
import { callThrough, closeGate, createGate } from '../../activities/thread-gate.js';

it('a gate is closed when the calls under way are over, and lets nothing through from then on', async () => {
  const gate = createGate();
  expect(await callThrough(gate, async () => 7)).toBe(7);
  await expect(callThrough(gate, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  const release = new EventEmitter();
  const first = callThrough(gate, () => once(release, 'over'));
  const second = callThrough(gate, async () => 'done at once');
  let isClosed = false;
  const closing = closeGate(gate).then(() => {
    isClosed = true;
  });
  expect(await second).toBe('done at once');
  let wasCalled = false;
  const late = callThrough(gate, async () => {
    wasCalled = true;
  });
  expect(isClosed).toBe(false);
  release.emit('over');
  await Promise.all([first, closing]);
  await Promise.race([late, closing]);
  expect([isClosed, wasCalled]).toEqual([true, false]);
});
