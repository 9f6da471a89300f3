import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobState } from '../../lab-adapters/contract.js';
import type { TrialCommand, TrialEnding, TrialEvent, TrialLine, TrialStep } from '../../workflows/trial-life.js';
import { beginTrial, stepTrial } from '../../workflows/trial-state.js';

const abilities = { lookup: true, cancel: true };

/** Where a trial stands after these events. */
function reached(events: readonly TrialEvent[], begun: TrialStep = beginTrial()): TrialStep {
  return events.reduce((at, event) => stepTrial(at.state, event), begun);
}

/** Events up to the call that begins the job. */
const called: readonly TrialEvent[] = [
  { type: 'opened', line: null, abilities },
  { type: 'checked', faults: [] },
  { type: 'noted', fresh: true, line: { job: null, home: 'a' } },
];

describe('the life of a trial', () => {
  it('is: open, validate, note, submit, keep, look, wait, collect, record', () => {
    const events: readonly TrialEvent[] = [
      ...called,
      { type: 'accepted', job: 'j' },
      { type: 'kept' },
      { type: 'running', waitMs: 5 },
      { type: 'waited' },
      { type: 'over', state: 'succeeded' },
      { type: 'collected' },
      { type: 'ended' },
    ];
    const commands = events.map((_, i) => reached(events.slice(0, i)).command);
    expect(commands.map((command) => command?.type)).toEqual([
      'open',
      'validate',
      'note',
      'submit',
      'keep',
      'look',
      'wait',
      'look',
      'collect',
      'record',
    ]);
    expect(commands.at(-1)).toEqual({
      type: 'record',
      ending: { type: 'result', state: 'succeeded' },
      ledger: 'ended',
    });
    const { state, command } = reached(events);
    expect([state.stage, command]).toEqual(['ended', null]);
    // Nothing that comes afterwards changes it.
    for (const event of events) expect(stepTrial(state, event)).toEqual({ state, command: null });
  });

  it('writes a job down that a person says runs, before it is taken over, or cannot be', () => {
    const can = { ...abilities, adopt: true };
    const noted: TrialEvent = { type: 'noted', fresh: true, line: { job: null, home: 'a', adopt: '7' } };
    const taken = (has: typeof abilities) => [
      { type: 'opened', line: null, abilities: has, adopt: '7' } as const,
      noted,
    ];
    for (const has of [abilities, can]) expect(reached(taken(has).slice(0, 1)).command).toEqual({ type: 'note' });
    expect(reached(taken(can)).command).toEqual({ type: 'adopt', handle: '7' });
    const cannot = {
      type: 'record',
      ending: { type: 'quarantined', cause: { code: 'cannotAdopt' } },
      ledger: 'unknown',
    };
    expect(reached(taken(abilities)).command).toMatchObject(cannot);
    expect(reached(taken(abilities)).command).not.toHaveProperty('ending.unbegun');
    const again: TrialEvent = { type: 'opened', line: noted.line, abilities };
    expect(reached([again]).command).toMatchObject(cannot);
  });

  it('goes to the device only where it may: a refused request is stored, one cancelled before its start too', () => {
    const faults = [{ path: 'design.x', message: 'too hot', remedy: 'at most 3' }];
    const opened = called.slice(0, 1);
    expect(reached([...opened, { type: 'checked', faults }]).command).toMatchObject({
      ending: { type: 'refused', faults },
    });
    for (const count of [1, 2, 3])
      expect(reached([...called.slice(0, count - 1), { type: 'cancel' }, called[count - 1]!]).command).toMatchObject({
        type: 'record',
        ending: { type: 'cancelled' },
      });
  });

  it('asks for the key after a lost answer, and where nobody can tell, a person judges', () => {
    const missed: TrialEvent = { type: 'missed', message: 'the line went dead' };
    expect(reached([...called, missed]).command).toEqual({ type: 'rest', ms: 1_000 });
    expect(reached([...called, missed, { type: 'waited' }]).command).toEqual({ type: 'find' });
    const unable = called.map((event) =>
      event.type === 'opened' ? { ...event, abilities: { lookup: false, cancel: true } } : event,
    );
    const held = reached([...unable, missed]).command;
    expect(held).toMatchObject({ type: 'record', ledger: 'unknown', ending: { cause: { code: 'ambiguous' } } });
    expect((held as { ending: { cause: { message: string } } }).ending.cause.message).toContain('(the line went dead)');
  });

  it('is sent to the home in which the job lies, once, and first asked for at hand again when it is cancelled', () => {
    const sent = reached([{ type: 'elsewhere', home: 'b' }]);
    expect([sent.state.home, sent.command]).toEqual(['b', { type: 'open' }]);
    expect(stepTrial(sent.state, { type: 'elsewhere', home: 'c' }).command).toMatchObject({
      ending: { type: 'quarantined', cause: { code: 'HOME' } },
    });
    const placed = reached([{ type: 'placed', job: 'j', home: 'b' }]);
    expect([placed.state.home, placed.command]).toEqual(['b', { type: 'look', job: 'j' }]);
    const cancelled = reached([{ type: 'cancel' }, { type: 'waited' }], placed);
    expect([cancelled.state.home, cancelled.command]).toEqual([null, { type: 'cancel', job: 'j' }]);
    expect(reached([{ type: 'givenUp', who: 'ann' }], cancelled).command).toMatchObject({
      ending: { cause: { code: 'givenUp', message: expect.stringContaining('ann') } },
    });
  });

  it('bears as many misses in a row as it is told to, with growing rests', () => {
    let at = reached([...called, { type: 'accepted', job: 'j' }, { type: 'kept' }], beginTrial({ patience: 4 }));
    const rests: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      at = stepTrial(at.state, { type: 'missed', message: 'off' });
      rests.push(at.command);
      at = stepTrial(at.state, { type: 'waited' });
    }
    expect(rests).toEqual([1_000, 2_000, 4_000].map((ms) => ({ type: 'rest', ms })));
    expect(stepTrial(at.state, { type: 'missed', message: 'off' }).command).toMatchObject({
      ending: { type: 'quarantined', cause: { class: 'device', code: 'unreachable', message: 'off' } },
    });
  });
});

it('is held for a person after five errors of unknown kind in a row, as trying again does not cure a bug', () => {
  const odd: TrialEvent = { type: 'missed', message: 'TypeError: what', odd: true };
  const waited: TrialEvent = { type: 'waited' };
  const tracked = reached([...called, { type: 'accepted', job: 'j' }, { type: 'kept' }]);
  const times = (count: number) => Array.from({ length: count }, () => [odd, waited]).flat();
  const between: readonly TrialEvent[] = [{ type: 'missed', message: 'off' }, waited];
  expect(reached([...times(4), ...between, ...times(4)], tracked).command).toEqual({ type: 'look', job: 'j' });
  expect(reached([...times(4), odd], tracked).command).toMatchObject({
    ending: { type: 'quarantined', cause: { class: 'unknown', code: 'UNEXPECTED', message: 'TypeError: what' } },
  });
});

/** What befalls one call of the device, or the process that calls it. */
const mishaps = ['none', 'none', 'none', 'lostRequest', 'lostReply', 'crashBefore', 'crashAfter', 'broken'] as const;

/** A device that begins a job each time it hears `submit`, and a ledger; both outlive the process. */
interface World {
  readonly lookup: boolean;
  readonly cancel: boolean;
  readonly heedsCancel: boolean;
  readonly looks: number;
  readonly result: JobState;
  readonly cancelAt: number | null;
  readonly patience: number | null;
  readonly mishaps: readonly (typeof mishaps)[number][];
}

const world: fc.Arbitrary<World> = fc.record({
  lookup: fc.boolean(),
  cancel: fc.boolean(),
  heedsCancel: fc.boolean(),
  looks: fc.nat(3),
  result: fc.constantFrom<JobState>('succeeded', 'failed', 'unknown'),
  cancelAt: fc.option(fc.nat(25)),
  patience: fc.option(fc.integer({ min: 1, max: 4 })),
  mishaps: fc.array(fc.constantFrom(...mishaps), { maxLength: 25 }),
});

/** Lives a trial through in a world; what was commanded, what the device did, and what was stored. */
function live(given: World) {
  const commands: TrialCommand[] = [];
  const heard: TrialEvent[] = [];
  const device = { begun: 0, state: 'running' as JobState, looks: given.looks };
  let line: TrialLine | null = null;
  let stored: TrialEnding | null = null;
  let steps = 0;
  const answer = (command: TrialCommand): TrialEvent => {
    switch (command.type) {
      case 'open':
        if (stored !== null) return { type: 'ended' };
        return { type: 'opened', line, abilities: { lookup: given.lookup, cancel: given.cancel } };
      case 'validate':
        return { type: 'checked', faults: [] };
      case 'note': {
        const fresh = line === null;
        line ??= { job: null, home: 'a' };
        return { type: 'noted', fresh, line };
      }
      case 'submit':
      case 'adopt':
        device.begun++;
        return { type: 'accepted', job: 'j' };
      case 'find':
        return { type: 'found', job: device.begun > 0 ? 'j' : null };
      case 'keep':
        line = { job: command.job, home: 'a' };
        return { type: 'kept' };
      case 'look':
        if (device.state === 'running' && device.looks-- <= 0) device.state = given.result;
        return device.state === 'running' ? { type: 'running', waitMs: 1 } : { type: 'over', state: device.state };
      case 'cancel':
        if (given.heedsCancel && device.state === 'running') device.state = 'cancelled';
        return { type: 'cancelAsked' };
      case 'wait':
      case 'rest':
        return { type: 'waited' };
      case 'collect':
        return { type: 'collected' };
      case 'record':
        stored ??= command.ending;
        return { type: 'ended' };
    }
  };
  const isCall = ({ type }: TrialCommand) => !['open', 'note', 'keep', 'wait', 'rest', 'record'].includes(type);
  const start = () =>
    beginTrial({ cancelled: given.cancelAt !== null && steps >= given.cancelAt, patience: given.patience });
  let at = start();
  for (; at.command !== null; steps++) {
    if (steps > 200) throw new Error('the trial does not end');
    const { command } = at;
    const mishap = given.mishaps[steps] ?? 'none';
    commands.push(command);
    let event: TrialEvent | null = null;
    if (mishap === 'broken' && isCall(command)) event = { type: 'broken', code: 'CONTRACT', message: 'a bug' };
    else if (mishap === 'lostRequest' && isCall(command)) event = { type: 'missed', message: 'not sent' };
    else if (mishap !== 'crashBefore') event = answer(command);
    if (mishap === 'lostReply' && isCall(command)) event = { type: 'missed', message: 'not heard' };
    if (event === null || mishap === 'crashAfter') {
      // Another process goes on with what the ledger says.
      at = start();
      continue;
    }
    heard.push(event);
    if (steps === given.cancelAt) at = stepTrial(at.state, { type: 'cancel' });
    at = stepTrial(at.state, event);
  }
  return { commands, heard, device, stored: stored as TrialEnding | null, state: at.state };
}

describe('whatever is lost, breaks or crashes, and whenever a person cancels', () => {
  const always = (check: (lived: ReturnType<typeof live>, given: World) => void) =>
    fc.assert(
      fc.property(world, (given) => {
        check(live(given), given);
      }),
      { numRuns: 3_000, seed: 4 },
    );

  it('a job begins once at most, also on a device that does not know keys', () => {
    always(({ commands, device }, { lookup }) => {
      expect(device.begun).toBeLessThanOrEqual(1);
      const talk = commands.filter(({ type }) => type === 'submit' || type === 'find').map(({ type }) => type);
      talk.forEach((type, i) => {
        if (type === 'submit' && i > 0) expect(talk[i - 1]).toBe('find');
      });
      if (!lookup) expect(talk.length).toBeLessThanOrEqual(1);
    });
  });

  it('it ends, and is stored', () => {
    always(({ state, stored }) => {
      expect(state.stage).toBe('ended');
      expect(stored).not.toBeNull();
    });
  });

  it('a result that was fetched is what is stored', () => {
    always(({ heard, stored, device }) => {
      const last = heard.at(-2);
      if (last?.type === 'collected') expect(stored).toEqual({ type: 'result', state: device.state });
      if (stored?.type === 'result') expect(stored.state).toBe(device.state);
    });
  });

  it('it is cancelled only if the device said so or was never heard, and then nothing begins any more', () => {
    always(({ stored, device, commands, heard }, { cancelAt }) => {
      if (stored?.type === 'cancelled') expect(device.begun).toBe(0);
      if (stored?.type === 'cancelled') expect(cancelAt).not.toBeNull();
      if (stored?.type === 'result' && stored.state === 'cancelled')
        expect(heard).toContainEqual({ type: 'over', state: 'cancelled' });
      if (cancelAt !== null) expect(commands.slice(cancelAt + 1).map(({ type }) => type)).not.toContain('submit');
    });
  });

  it('it can be gone on with from its JSON', () => {
    always(({ state }) => expect(JSON.parse(JSON.stringify(state))).toEqual(state));
  });
});
