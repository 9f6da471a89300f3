import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LeaseCommand, LeaseEvent, LeaseState, StoredLease, Want } from '../../workflows/lease-life.js';
import { beginLeases, stepLeases } from '../../workflows/lease-state.js';

const want = (key: string, more: Partial<Want> = {}): Want => ({
  key,
  holder: `w-${key}`,
  anyOf: ['oven'],
  campaignId: 'c',
  priority: 0,
  begun: false,
  askedAt: 0,
  uses: {},
  after: null,
  ...more,
});
const read = (slots: number, leases: readonly StoredLease[] = []): LeaseEvent => ({
  type: 'read',
  slots,
  leases,
  standstill: null,
});
const stored = (place: number, key: string, held = false): StoredLease => ({
  place,
  fence: 7,
  key,
  holder: `w-${key}`,
  campaignId: 'c',
  held,
});
const arrived = (...events: readonly LeaseEvent[]) =>
  events.reduce(({ state }, event) => stepLeases(state, event), {
    state: beginLeases(),
    commands: [] as readonly LeaseCommand[],
  });
const wanted = (key: string, more: Partial<Want> = {}): LeaseEvent => ({ type: 'wanted', want: want(key, more) });
const had = (key: string): LeaseEvent => ({ type: 'granted', key, fence: 1 });
const grants = (commands: readonly LeaseCommand[]) =>
  commands.flatMap((one) => (one.type === 'grant' ? [`${one.want.key}@${one.place}`] : []));

describe('leases of one instrument', () => {
  it('are given to nobody before the store was read', () => {
    expect(arrived(wanted('a')).commands).toEqual([]);
    expect(grants(arrived(wanted('a'), read(1)).commands)).toEqual(['a@1']);
  });

  it('are told once they are written down, and told again to who asks again', () => {
    const { state, commands } = arrived(read(1), wanted('a'), had('a'));
    expect(commands).toEqual([{ type: 'tell', place: 1, fence: 1, want: want('a') }]);
    const again = stepLeases(state, wanted('a', { holder: 'other' }));
    expect(again.commands).toEqual([{ type: 'tell', place: 1, fence: 1, want: want('a', { holder: 'other' }) }]);
  });

  it('go to the highest priority, then to trials that have begun, then to who asked first', () => {
    const waiting = [
      wanted('late', { askedAt: 3 }),
      wanted('early', { askedAt: 1 }),
      wanted('further', { askedAt: 9, begun: true }),
      wanted('urgent', { askedAt: 9, priority: 1 }),
    ];
    const order: string[] = [];
    let at = arrived(read(1), wanted('first'), had('first'), ...waiting);
    for (let key = 'first'; order.length < 4; ) {
      stepOver(key);
      [key] = grants(at.commands).map((one) => one.slice(0, -2)) as [string];
      order.push(key);
      at = stepLeases(at.state, had(key));
    }
    expect(order).toEqual(['urgent', 'further', 'early', 'late']);
    function stepOver(key: string) {
      at = stepLeases(at.state, { type: 'returned', key });
      expect(at.commands).toEqual([{ type: 'release', place: 1, key }]);
      at = stepLeases(at.state, { type: 'closed', key, held: false });
    }
  });

  it('of a job of which nobody knows are held, and go over to its next generation', () => {
    const held = arrived(
      read(1),
      wanted('a'),
      had('a'),
      { type: 'returned', key: 'a' },
      { type: 'closed', key: 'a', held: true },
      wanted('b'),
    );
    expect(held.commands).toEqual([]);
    const { commands } = stepLeases(held.state, wanted('a2', { after: 'a' }));
    expect(grants(commands)).toEqual(['a2@1']);
    expect(grants(stepLeases(held.state, wanted('a')).commands)).toEqual(['a@1']);
    // What the store no longer has is free by a person's word.
    expect(stepLeases(held.state, read(1, [stored(1, 'a', true)])).commands).toEqual([]);
    expect(grants(stepLeases(held.state, read(1)).commands)).toEqual(['b@1']);
    // Who gives it back again has it looked at once more: a person may have said what became of the job.
    expect(stepLeases(held.state, { type: 'returned', key: 'a' }).commands).toEqual([
      { type: 'release', place: 1, key: 'a' },
    ]);
    expect(grants(arrived(wanted('a2', { after: 'a' }), read(1, [stored(1, 'a', true)])).commands)).toEqual(['a2@1']);
  });

  it('that the store has are told to their holders, whether they ask before or after it was read', () => {
    for (const held of [false, true]) {
      const store = read(1, [stored(1, 'a', held)]);
      const before = arrived(wanted('a'), wanted('b'), store);
      expect(before.commands).toEqual(arrived(wanted('b'), store, wanted('a')).commands);
      expect(before.commands).toEqual([
        held ? { type: 'grant', place: 1, want: want('a') } : { type: 'tell', place: 1, fence: 7, want: want('a') },
      ]);
      expect(before.state.waiting.map(({ key }) => key)).toEqual(['b']);
      expect(stepLeases(before.state, store).commands).toEqual([]);
    }
    const left = arrived(read(2), wanted('b'), wanted('a'), had('a'), { type: 'returned', key: 'a' }, wanted('a'));
    const closed = stepLeases(left.state, { type: 'closed', key: 'a', held: true });
    expect(closed.commands).toEqual([{ type: 'grant', place: 2, want: want('a') }]);
    const own = arrived(read(1), wanted('b'), wanted('a'), { type: 'refused', key: 'b', because: stored(1, 'a') });
    expect(own.commands).toEqual([{ type: 'tell', place: 1, fence: 7, want: want('a') }]);
    expect(own.state.waiting.map(({ key }) => key)).toEqual(['b']);
  });

  it('wait for stock that does not suffice, while others that may go do', () => {
    const short = arrived(read(1), wanted('a', { uses: { acid: 9 } }), wanted('b', { askedAt: 5 }), {
      type: 'short',
      key: 'a',
      stock: 'acid',
    });
    expect(short.state.waiting).toEqual([{ ...want('a', { uses: { acid: 9 } }), short: 'acid' }]);
    expect(grants(short.commands)).toEqual(['b@1']);
    const free = [had('b'), { type: 'returned', key: 'b' }, { type: 'closed', key: 'b', held: false }] as const;
    const idle = free.reduce(({ state }, event) => stepLeases(state, event), short);
    expect(idle.commands).toEqual([]);
    expect(grants(stepLeases(idle.state, read(1)).commands)).toEqual(['a@1']);
  });

  it('wait while their campaign is paused, until it is looked again', () => {
    const paused = arrived(read(1), wanted('a'), wanted('b', { askedAt: 5 }), { type: 'paused', key: 'a' });
    expect(paused.state.waiting).toEqual([{ ...want('a'), short: null, paused: true }]);
    expect(grants(paused.commands)).toEqual(['b@1']);
    const free = [had('b'), { type: 'returned', key: 'b' }, { type: 'closed', key: 'b', held: false }] as const;
    const idle = free.reduce(({ state }, event) => stepLeases(state, event), paused);
    expect(idle.commands).toEqual([]);
    expect(grants(stepLeases(idle.state, read(1)).commands)).toEqual(['a@1']);
    expect(grants(stepLeases(idle.state, wanted('a', { askedAt: 9 })).commands)).toEqual(['a@1']);
  });

  it('are not given in maintenance, nor while it stands still, nor by what the store knows better', () => {
    const closed = arrived(read(1), { type: 'maintenance', why: 'filters' }, wanted('a'));
    expect(closed.commands).toEqual([]);
    expect(grants(stepLeases(closed.state, { type: 'maintenance', why: null }).commands)).toEqual(['a@1']);
    const refused = arrived(read(1), wanted('a'), {
      type: 'refused',
      key: 'a',
      because: { kind: 'fault', why: 'leaks' },
    });
    expect(refused.state).toMatchObject({ standstill: { kind: 'fault' }, waiting: [{ key: 'a' }], leases: [] });
    expect(grants(stepLeases(refused.state, read(1)).commands)).toEqual(['a@1']);
    const taken = arrived(read(2), wanted('a'), { type: 'refused', key: 'a', because: stored(1, 'x') });
    expect(grants(taken.commands)).toEqual(['a@2']);
  });

  it('that are given back while they are written down are released then', () => {
    const dropped = arrived(read(1), wanted('a'), { type: 'returned', key: 'a' });
    expect(dropped.commands).toEqual([]);
    expect(stepLeases(dropped.state, had('a')).commands).toEqual([{ type: 'release', place: 1, key: 'a' }]);
    expect(stepLeases(dropped.state, { type: 'short', key: 'a', stock: 's' }).state.waiting).toEqual([]);
  });

  it('are not wanted any more where another instrument was quicker', () => {
    const { state, commands } = arrived(read(1), wanted('a'), wanted('b'), { type: 'elsewhere', key: 'a' });
    expect(grants(commands)).toEqual(['b@1']);
    expect(state.waiting).toEqual([]);
  });

  it('beyond the slots that are left run out, and are taken over from the store', () => {
    const fewer = arrived(read(2, [stored(1, 'x'), stored(2, 'y')]), wanted('a'), read(1));
    const freed = [
      { type: 'returned', key: 'y' },
      { type: 'closed', key: 'y', held: false },
    ] as const;
    const { state, commands } = freed.reduce((at, event) => stepLeases(at.state, event), fewer);
    expect(commands).toEqual([]);
    expect(state.leases.map(({ place }) => place)).toEqual([1]);
  });
});

/** A lab around one instrument: the store, holders that work for a while, and messages that come in any order. */
class World {
  state: LeaseState = beginLeases();
  readonly open = new Map<number, string>();
  readonly served: string[] = [];
  private readonly left: LeaseCommand[] = [];
  private readonly using: string[] = [];
  private readonly gone = new Set<string>();
  private fence = 0;
  private stock = 5;
  private stopped = false;
  private paused = false;

  hear(event: LeaseEvent): void {
    const { state, commands } = stepLeases(this.state, event);
    this.state = state;
    this.left.push(...commands);
    this.check();
  }

  read(slots: number): void {
    const leases = [...this.open].map(([place, key]) => stored(place, key));
    const standstill = this.stopped ? { kind: 'fault' as const, why: 'f' } : null;
    this.hear({ type: 'read', slots, leases, standstill });
  }

  /** Carries one of the commands out, or lets one holder give its slot back. */
  turn(pick: number): void {
    const at = pick % (this.left.length + this.using.length || 1);
    const [command] = at < this.left.length ? this.left.splice(at, 1) : [];
    if (command !== undefined) {
      this.carryOut(command);
      return;
    }
    const [key] = this.using.splice(at - this.left.length, 1);
    if (key !== undefined) this.hear({ type: 'returned', key });
  }

  change(slots: number, what: 'stop' | 'clear' | 'refill' | 'pause' | 'resume'): void {
    if (what === 'refill') this.stock += 5;
    else if (what === 'pause' || what === 'resume') this.paused = what === 'pause';
    else this.stopped = what === 'stop';
    this.read(slots);
  }

  lose(key: string): void {
    this.gone.add(key);
  }

  private carryOut(command: LeaseCommand): void {
    if (command.type === 'grant') {
      this.grant(command.place, command.want);
      return;
    }
    if (command.type === 'release') {
      if (this.open.get(command.place) === command.key) this.open.delete(command.place);
      this.hear({ type: 'closed', key: command.key, held: false });
      return;
    }
    const { key } = command.want;
    if (this.gone.has(key)) this.hear({ type: 'lost', key });
    else if (!this.using.includes(key)) this.using.push(key);
  }

  private grant(place: number, { key, uses, begun }: Want): void {
    if (this.stopped) {
      this.hear({ type: 'refused', key, because: { kind: 'fault', why: 'f' } });
      return;
    }
    // Never two holders of a slot.
    expect(this.open.has(place)).toBe(false);
    if (this.paused && !begun) {
      this.hear({ type: 'paused', key });
      return;
    }
    if ((uses.acid ?? 0) > this.stock) {
      this.hear({ type: 'short', key, stock: 'acid' });
      return;
    }
    this.stock -= uses.acid ?? 0;
    this.open.set(place, key);
    this.served.push(key);
    this.fence += 1;
    this.hear({ type: 'granted', key, fence: this.fence });
  }

  /** No slot stays free while somebody waits who may have it; nobody has two. */
  private check(): void {
    const { slots, leases, waiting, standstill } = this.state;
    const keys = leases.map(({ want }) => want.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(leases.map(({ place }) => place)).size).toBe(leases.length);
    const free = slots - leases.filter(({ place }) => place <= slots).length;
    const ready = waiting.filter(
      ({ short, paused, key }) => short === null && paused === undefined && !keys.includes(key),
    );
    if (standstill === null && free > 0) expect(ready).toEqual([]);
  }
}

const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('want' as const),
      key: fc.nat({ max: 30 }),
      priority: fc.nat({ max: 2 }),
      begun: fc.boolean(),
      acid: fc.nat({ max: 4 }),
    }),
  },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('turn' as const), pick: fc.nat({ max: 20 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('stop' as const, 'clear' as const, 'refill' as const, 'pause' as const, 'resume' as const),
      slots: fc.nat({ max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), key: fc.nat({ max: 30 }) }) },
);

describe('whatever happens, in whatever order', () => {
  it('no slot has two holders, and none is idle while somebody waits who may have it', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 120 }), (all) => {
        const world = new World();
        world.read(2);
        for (const [at, one] of all.entries()) {
          if (one.do === 'want') {
            const { key, priority, begun, acid } = one;
            const more = { priority, begun, askedAt: at, uses: acid === 0 ? {} : { acid } };
            world.hear(wanted(`k${key}`, more));
          } else if (one.do === 'turn') world.turn(one.pick);
          else if (one.do === 'lose') world.lose(`k${one.key}`);
          else world.change(one.slots, one.do);
        }
        // Everybody gets through once the lab is in order.
        world.change(1, 'clear');
        world.change(1, 'resume');
        for (let i = 0; i < 2_000; i++) {
          world.turn(i);
          if (i % 50 === 0) world.change(1, 'refill');
        }
        expect(world.state.waiting).toEqual([]);
        expect(world.state.leases).toEqual([]);
      }),
      { seed: 16, numRuns: 300 },
    );
  });

  it('further steps go before new trials, and among equals nobody is passed over', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ priority: fc.nat({ max: 1 }), begun: fc.boolean() }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        (all, slots) => {
          const world = new World();
          // All ask while the instrument is not open yet.
          for (const [i, more] of all.entries()) world.hear(wanted(`k${i}`, { ...more, askedAt: i }));
          world.read(slots);
          for (let i = 0; i < 10 * all.length; i++) world.turn(0);
          const rank = (key: string) => {
            const { priority, begun } = all[Number(key.slice(1))]!;
            return [-priority, Number(!begun), Number(key.slice(1))];
          };
          const sorted = [...world.served].sort((a, b) => {
            const [x, y] = [rank(a), rank(b)];
            return x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]!;
          });
          expect(world.served).toHaveLength(all.length);
          expect(world.served).toEqual(sorted);
        },
      ),
      { seed: 16 },
    );
  });
});
