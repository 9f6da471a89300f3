import type {
  Lease,
  LeaseCommand,
  LeaseEvent,
  LeaseState,
  LeaseStep,
  StoredLease,
  Waiting,
  Want,
} from './lease-life.js';

/** An instrument of which nothing is known yet: nothing is granted before the store was read. */
export function beginLeases(): LeaseState {
  return { slots: 0, leases: [], waiting: [], standstill: null, maintenance: null };
}

/**
 * Who has an instrument, and who has it next: pure, so that all hosts do the same. No slot has two holders, and none stays free
 * while somebody waits who may have it: the campaign with the highest priority first, then further steps of begun trials,
 * then who asked first.
 */
export function stepLeases(state: LeaseState, event: LeaseEvent): LeaseStep {
  const commands: LeaseCommand[] = [];
  const next = applied(state, event, commands);
  return { state: granting(next, commands), commands };
}

function applied(state: LeaseState, event: LeaseEvent, commands: LeaseCommand[]): LeaseState {
  switch (event.type) {
    case 'wanted':
      return wanted(state, event.want, commands);
    case 'returned':
    case 'lost':
      return returned(state, event.key, commands);
    case 'read': {
      const { slots, standstill } = event;
      const waiting = state.waiting.map(({ paused: _, ...one }) => ({ ...one, short: null }));
      // What was held is free by a person's word.
      const isThere = ({ place, want }: Lease) =>
        event.leases.some((one) => one.place === place && one.key === want.key);
      const leases = state.leases.filter((lease) => lease.stage !== 'held' || isThere(lease));
      return heeded(event.leases.reduce(withStored, { ...state, slots, standstill, waiting, leases }), commands);
    }
    case 'maintenance':
      return { ...state, maintenance: event.why };
    case 'granted':
      return granted(state, event, commands);
    case 'short':
      return back(state, event.key, { short: event.stock });
    case 'paused':
      return back(state, event.key, { short: null, paused: true });
    case 'refused': {
      const next = back(state, event.key, { short: null });
      if ('kind' in event.because) return { ...next, standstill: event.because };
      return heeded(withStored(next, event.because), commands);
    }
    case 'elsewhere': {
      const lease = leaseOf(state, event.key, 'granting');
      return lease === undefined ? state : without(state, lease);
    }
    case 'closed': {
      const lease = leaseOf(state, event.key, 'releasing');
      if (lease === undefined) return state;
      return event.held ? heeded(withLease(state, { ...lease, stage: 'held' }), commands) : without(state, lease);
    }
  }
}

/** Said again, who has the slot already is told once more, and it is looked again whether its campaign is paused. */
function wanted(state: LeaseState, want: Want, commands: LeaseCommand[]): LeaseState {
  const has = state.leases.find(({ want: { key }, stage }) => key === want.key && stage !== 'releasing');
  if (has !== undefined) return wantedAgain(state, has, want, commands);
  const before = state.waiting.find(({ key }) => key === want.key);
  const entry: Waiting =
    before === undefined ? { ...want, short: null } : { ...want, askedAt: before.askedAt, short: before.short };
  return { ...state, waiting: [...state.waiting.filter((one) => one !== before), entry] };
}

/** Who waits for a slot that turns out to be its own has it, as if it had asked only now. */
function heeded(state: LeaseState, commands: LeaseCommand[]): LeaseState {
  const isOwn = (key: string) => state.leases.some(({ want, stage }) => want.key === key && stage !== 'releasing');
  const own = state.waiting.filter(({ key }) => isOwn(key));
  const waiting = state.waiting.filter((one) => !own.includes(one));
  return own.reduce<LeaseState>((next, { short: _, paused: __, ...want }) => wanted(next, want, commands), {
    ...state,
    waiting,
  });
}

function wantedAgain(state: LeaseState, has: Lease, want: Want, commands: LeaseCommand[]): LeaseState {
  if (has.stage === 'held') return regrant(state, has, want, commands);
  const next = { ...has, want, dropped: false };
  if (has.stage === 'granted') commands.push({ type: 'tell', place: has.place, fence: has.fence!, want });
  return withLease(state, next);
}

function regrant(state: LeaseState, { place }: Lease, want: Want, commands: LeaseCommand[]): LeaseState {
  commands.push({ type: 'grant', place, want });
  const waiting = state.waiting.filter(({ key }) => key !== want.key);
  return withLease({ ...state, waiting }, { place, want, stage: 'granting', fence: null, dropped: false });
}

function returned(state: LeaseState, key: string, commands: LeaseCommand[]): LeaseState {
  const next = { ...state, waiting: state.waiting.filter((one) => one.key !== key) };
  const lease = state.leases.find(({ want, stage }) => want.key === key && stage !== 'releasing');
  if (lease === undefined) return next;
  // What is being written down is answered first.
  if (lease.stage === 'granting') return withLease(next, { ...lease, dropped: true });
  commands.push({ type: 'release', place: lease.place, key });
  return withLease(next, { ...lease, stage: 'releasing' });
}

function granted(
  state: LeaseState,
  { key, fence }: { readonly key: string; readonly fence: number },
  commands: LeaseCommand[],
): LeaseState {
  const lease = leaseOf(state, key, 'granting');
  if (lease === undefined) return state;
  const { place, want, dropped } = lease;
  commands.push(dropped ? { type: 'release', place, key } : { type: 'tell', place, fence, want });
  return withLease(state, { ...lease, fence, dropped: false, stage: dropped ? 'releasing' : 'granted' });
}

/** It was not granted after all, and waits again, where it stood. */
function back(state: LeaseState, key: string, why: Pick<Waiting, 'short' | 'paused'>): LeaseState {
  const lease = leaseOf(state, key, 'granting');
  if (lease === undefined) return state;
  const waiting = lease.dropped ? state.waiting : [...state.waiting, { ...lease.want, ...why }];
  return { ...without(state, lease), waiting };
}

/** Takes over what the store says of a slot that counts as free here. */
function withStored(state: LeaseState, { place, fence, key, holder, campaignId, held }: StoredLease): LeaseState {
  if (state.leases.some((lease) => lease.place === place)) return state;
  const waits = state.waiting.find((one) => one.key === key);
  const want = waits ?? {
    key,
    holder,
    anyOf: [],
    campaignId,
    priority: 0,
    begun: true,
    askedAt: 0,
    uses: {},
    after: null,
  };
  const lease: Lease = { place, want, stage: held ? 'held' : 'granted', fence, dropped: false };
  return withLease(state, lease);
}

function granting(state: LeaseState, commands: LeaseCommand[]): LeaseState {
  if (state.standstill !== null || state.maintenance !== null) return state;
  let next = state;
  for (const { short: _, paused: __, ...want } of state.waiting) {
    const held = want.after === null ? undefined : leaseOf(next, want.after, 'held');
    if (held !== undefined) next = regrant(next, held, want, commands);
  }
  for (let place = 1; place <= next.slots; place++) {
    if (next.leases.some((lease) => lease.place === place)) continue;
    const [first] = next.waiting.filter((one) => mayHave(one) && !isTaken(next, one.key)).sort(byTurn);
    if (first === undefined) break;
    const { short: _, ...want } = first;
    commands.push({ type: 'grant', place, want });
    const waiting = next.waiting.filter((one) => one !== first);
    next = withLease({ ...next, waiting }, { place, want, stage: 'granting', fence: null, dropped: false });
  }
  return next;
}

function mayHave({ short, paused }: Waiting): boolean {
  return short === null && paused === undefined;
}

/** Whether a slot that was given back under the same key is still being closed. */
function isTaken({ leases }: LeaseState, key: string): boolean {
  return leases.some(({ want }) => want.key === key);
}

/** Whose turn it is first. */
function byTurn(a: Want, b: Want): number {
  return (
    b.priority - a.priority ||
    Number(b.begun) - Number(a.begun) ||
    a.askedAt - b.askedAt ||
    (a.key < b.key ? -1 : Number(a.key > b.key))
  );
}

function leaseOf({ leases }: LeaseState, key: string, wanted: Lease['stage']): Lease | undefined {
  return leases.find(({ want, stage }) => want.key === key && stage === wanted);
}

function withLease(state: LeaseState, lease: Lease): LeaseState {
  return { ...state, leases: [...state.leases.filter(({ place }) => place !== lease.place), lease] };
}

function without(state: LeaseState, { place }: Lease): LeaseState {
  return { ...state, leases: state.leases.filter((lease) => lease.place !== place) };
}
