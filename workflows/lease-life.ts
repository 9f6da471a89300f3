/** Somebody asks for one slot of an instrument or position; plain JSON. */
export interface Want {
  /** Of the job that is to run on it; it holds the slot. */
  readonly key: string;
  /** Id of the workflow that is told, and that gives the slot back. */
  readonly holder: string;
  /** The instruments of which any will do: what one of them grants, the others do not. */
  readonly anyOf: readonly string[];
  readonly campaignId: string;
  /** Of the campaign; the highest goes first. */
  readonly priority: number;
  /** Whether the trial has begun, so that this is a further step of it. */
  readonly begun: boolean;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  /** Stock that the job uses up, in the units of the lab. */
  readonly uses: Readonly<Record<string, number>>;
  /** Key of a job whose slot, which is held for a person, goes over to this one; null for none. */
  readonly after: string | null;
}

/** A want that has no slot yet. */
export interface Waiting extends Want {
  /** The stock that does not suffice for it, as far as is known; null where none is short. */
  readonly short: string | null;
  /** Present where its campaign is paused, as far as is known, and its trial has not begun. */
  readonly paused?: true;
}

/**
 * How a slot stands. `granting`: it is being written down. `granted`: its holder has it. `releasing`: given back, which is being
 * written down. `held`: nobody knows whether the device still moves, and a person decides.
 */
export type LeaseStage = 'granting' | 'granted' | 'releasing' | 'held';

/** A slot that is taken. */
export interface Lease {
  /** From 1. */
  readonly place: number;
  readonly want: Want;
  readonly stage: LeaseStage;
  /** Null while it is being granted. */
  readonly fence: number | null;
  /** Given back while it was being granted. */
  readonly dropped: boolean;
}

/** Why nothing is granted at all, until a person ends it: `fault` of the instrument, `latched` by a safe stop, its jobs `paused`. */
export interface Standstill {
  readonly kind: 'fault' | 'latched' | 'paused';
  readonly why: string;
}

/** What an instrument's workflow remembers; plain JSON. */
export interface LeaseState {
  /** Slots that may be leased; leases beyond them, of before there were fewer, run out. */
  readonly slots: number;
  readonly leases: readonly Lease[];
  readonly waiting: readonly Waiting[];
  readonly standstill: Standstill | null;
  /** Why nothing is granted for now; null outside maintenance. */
  readonly maintenance: string | null;
}

/** A lease as the store has it. */
export interface StoredLease {
  readonly place: number;
  readonly fence: number;
  readonly key: string;
  readonly holder: string;
  readonly campaignId: string;
  readonly held: boolean;
}

/** What happens to an instrument. */
export type LeaseEvent =
  | { readonly type: 'wanted'; readonly want: Want }
  /** No longer wanted, or given back. */
  | { readonly type: 'returned'; readonly key: string }
  /** The workflow of its holder is gone. */
  | { readonly type: 'lost'; readonly key: string }
  /** What the store says of the instrument; stock may have been filled up since. */
  | {
      readonly type: 'read';
      readonly slots: number;
      readonly leases: readonly StoredLease[];
      readonly standstill: Standstill | null;
    }
  | { readonly type: 'maintenance'; readonly why: string | null }
  | ({ readonly type: 'granted'; readonly key: string } & Pick<StoredLease, 'fence'>)
  /** The stock does not suffice. */
  | { readonly type: 'short'; readonly key: string; readonly stock: string }
  /** Its campaign is paused, and its trial has not begun. */
  | { readonly type: 'paused'; readonly key: string }
  /** The store knows why it cannot be granted: the instrument stands still, or the slot is taken. */
  | { readonly type: 'refused'; readonly key: string; readonly because: Standstill | StoredLease }
  /** Another instrument was quicker. */
  | { readonly type: 'elsewhere'; readonly key: string }
  /** It is written down that it was given back, or that it is held. */
  | { readonly type: 'closed'; readonly key: string; readonly held: boolean };

/** What is to be done for an instrument. */
export type LeaseCommand =
  /** Write it down, and draw the stock: `granted`, `short`, `paused`, `refused` or `elsewhere`. */
  | { readonly type: 'grant'; readonly place: number; readonly want: Want }
  /** Tell the holder that it has the slot; one that is gone is `lost`. */
  | { readonly type: 'tell'; readonly place: number; readonly fence: number; readonly want: Want }
  /** Write down that it was given back, or is held where its job may still run: `closed`. */
  | { readonly type: 'release'; readonly place: number; readonly key: string };

/** A state, and what is to be done now. */
export interface LeaseStep {
  readonly state: LeaseState;
  readonly commands: readonly LeaseCommand[];
}
