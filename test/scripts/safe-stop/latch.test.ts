import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepInstrument, keptInstruments } from '../../../scripts/safe-stop/kept-instruments.js';
import {
  actsTold,
  latchedBy,
  latches,
  noteAct,
  removeLatch,
  setLatch,
  untoldActs,
} from '../../../scripts/safe-stop/latch.js';
import { clearStop } from '../../../scripts/safe-stop/safe-stop.js';

let jobs: string;
beforeEach(async () => {
  jobs = await mkdtemp(join(tmpdir(), 'athanor-latch-'));
});
afterEach(() => rm(jobs, { recursive: true, force: true }));

const word = { who: 'ada', why: 'smoke', at: 1_700_000_000_000 };

describe('a latch', () => {
  test('of all holds every instrument, one of a lab those of the lab', () => {
    expect(latchedBy(jobs, 'wet/arm')).toBeNull();
    setLatch(jobs, { lab: 'wet', ...word });
    expect(latchedBy(jobs, 'wet/arm')).toBe(
      "stopped safely by ada at 2023-11-14T22:13:20.000Z: smoke; 'athanor lab clear --lab wet --why …' lets work begin again",
    );
    expect(latchedBy(jobs, 'dry/arm')).toBeNull();
    expect(latchedBy(jobs, 'http-0123456789ab')).toBeNull();
    setLatch(jobs, { lab: null, ...word });
    expect(latchedBy(jobs, 'http-0123456789ab')).toContain("'athanor lab clear --why …'");
    expect(latches(jobs).map(({ lab }) => lab)).toEqual(['wet', null]);
    removeLatch(jobs, null);
    expect(latchedBy(jobs, 'http-0123456789ab')).toBeNull();
  });

  test('that cannot be read holds', async () => {
    setLatch(jobs, { lab: null, ...word });
    await writeFile(join(jobs, 'safe-stop', 'latch.json'), '{"lab": nul');
    expect(latchedBy(jobs, 'wet/arm')).toContain('cannot be read');
    expect(latches(jobs)).toHaveLength(1);
  });

  test('is cleared with a reason only, and by the name under which it was set', () => {
    setLatch(jobs, { lab: 'wet', ...word });
    expect(() => clearStop(jobs, { lab: 'wet', who: 'bob', why: ' ' })).toThrow(/empty/);
    expect(() => clearStop(jobs, { lab: null, who: 'bob', why: 'aired' })).toThrow(/stopped is lab wet \(--lab wet\)/);
    expect(clearStop(jobs, { lab: 'wet', who: 'bob', why: 'aired' })).toMatchObject({ cleared: word, left: [] });
    expect(() => clearStop(jobs, { lab: 'wet', who: 'bob', why: 'aired' })).toThrow(/nothing is stopped here/);
    expect(untoldActs(jobs)).toMatchObject([{ act: { act: 'clear', lab: 'wet', who: 'bob', why: 'aired' } }]);
  });
});

test('what people did is told to the store once, and a line that a crash cut short is passed over', async () => {
  noteAct(jobs, { act: 'stop', lab: null, ...word });
  await writeFile(join(jobs, 'safe-stop', 'journal.jsonl'), '{"act": "st\n', { flag: 'a' });
  noteAct(jobs, { act: 'clear', lab: null, ...word });
  const told = () => untoldActs(jobs).map(({ act }) => `${act.act} ${act.lab}`);
  expect(told()).toEqual(['stop null', 'clear null']);
  actsTold(jobs, untoldActs(jobs)[0]!.line);
  expect(told()).toEqual(['clear null']);
  actsTold(jobs, untoldActs(jobs)[0]!.line);
  expect(told()).toEqual([]);
  actsTold(jobs, 1);
  noteAct(jobs, { act: 'stop', lab: 'wet', ...word });
  expect(told()).toEqual(['stop wet']);
});

test('instruments are kept once a folder, by lab, and one that cannot be read is none to be forgotten', async () => {
  const of = (id: string, port: number) => {
    const folder = join(jobs, 'instruments', encodeURIComponent(id));
    return { id, adapter: 'http', settings: { url: `http://127.0.0.1:${port}` }, modules: [], folder };
  };
  expect(keepInstrument(jobs, of('wet/arm', 1))).toBe(true);
  expect(keepInstrument(jobs, of('wet/arm', 1))).toBe(false);
  expect(keepInstrument(jobs, of('wet/arm', 2))).toBe(true);
  expect(keepInstrument(jobs, of('dry/oven', 3))).toBe(true);
  expect(keptInstruments(jobs).map(({ id }) => id)).toEqual(['dry/oven', 'wet/arm']);
  expect(keptInstruments(jobs, 'wet').map(({ settings }) => settings)).toEqual([{ url: 'http://127.0.0.1:2' }]);
  await writeFile(join(jobs, 'safe-stop', 'instruments', 'x.json'), '{');
  expect(keptInstruments(jobs).map(({ id }) => id)).toContain('(x.json)');
});
