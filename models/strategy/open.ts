import { type Design, designKey } from '../domain/design.js';
import { outsideOf } from '../domain/outside.js';
import { type Listed, type Place, type PreparedSpace, placeAt, placeKey } from './candidates.js';
import { type Crowded, closedLevels, crowding } from './crowding.js';
import type { Visit } from './history.js';

/** What closes designs at levels. */
export interface Closing {
  readonly prepared: PreparedSpace;
  /** Everything run, running or just proposed; see `withAsked`. */
  readonly visits: readonly Visit[];
  /** Number of levels, of those that may not be proposed too. */
  readonly levelCount: number;
  /** Levels that may be proposed. */
  readonly levels: readonly number[];
  /** Whether a design costs too much at a level; the place is made only where designs differ in cost. */
  readonly isTooDear: (level: number, place: () => Place) => boolean;
  /** What else is nearly a design that is not wanted; absent where that is nothing. */
  readonly besides?: Crowded;
}

/**
 * Where a trial may be proposed: at the levels that are due, of designs that were not asked there, that no trial in flight
 * comes so near to that nothing more would be learned, and that can be paid. The one answer for all rules.
 */
export class Open {
  /** Of a list, see `closedLevels`; made when first asked for. */
  private rows: Uint8Array | null = null;
  private seen: ReadonlySet<string> | null = null;
  private near: { readonly crowded: Crowded | null } | null = null;

  constructor(private readonly closing: Closing) {}

  get levels(): readonly number[] {
    return this.closing.levels;
  }

  /** What was asked or is to be at a level, in the order in which that came about. */
  askedAt(level: number): readonly Visit[] {
    return this.closing.visits.filter((visit) => visit.level === level);
  }

  /** The same with some of its levels. */
  at(levels: readonly number[]): Open {
    const open = new Open({ ...this.closing, levels });
    open.rows = this.rows;
    open.seen = this.seen;
    open.near = this.near;
    return open;
  }

  /** Which levels of which designs of a list are closed whatever they cost, [designs × levels] row-major; 0 where open. */
  closed(listed: Listed): Uint8Array {
    const { prepared, visits, levelCount } = this.closing;
    this.rows ??= closedLevels(prepared, listed, visits, levelCount);
    return this.rows;
  }

  /** Whether a row of a list may be asked at a level. */
  row(listed: Listed, row: number, level: number): boolean {
    const { levelCount } = this.closing;
    return this.closed(listed)[row * levelCount + level] === 0 && !this.isTooDear(level, () => placeAt(listed, row));
  }

  /** Whether a design that was chosen for one level may be asked at another. */
  place(place: Place, level: number): boolean {
    const { prepared, visits } = this.closing;
    const key = placeKey(place);
    if (visits.some((visit) => visit.level === level && placeKey(visit) === key)) return false;
    if (this.crowded?.(prepared.encoder.encode([place.design]), 0, level)) return false;
    return !this.isTooDear(level, () => place);
  }

  /** Whether a design of a space without a list is closed at a level, but for what is in flight near it. */
  refused(design: Design, level: number): boolean {
    const { prepared, visits } = this.closing;
    this.seen ??= new Set(visits.map((visit) => `${visit.level} ${designKey(visit.design)}`));
    if (this.seen.has(`${level} ${designKey(design)}`)) return true;
    const place = { design, rowId: null };
    // What is encoded beside the space, as it was measured, is found by the search, too.
    if (this.isWide && outsideOf(prepared.space, place) !== null) return true;
    return this.isTooDear(level, () => place);
  }

  /** Whether a design is nearly one in flight; null where nothing is. */
  get crowded(): Crowded | null {
    const { prepared, visits, besides } = this.closing;
    this.near ??= { crowded: eitherOf(crowding(prepared, visits), besides) };
    return this.near.crowded;
  }

  isTooDear(level: number, place: () => Place): boolean {
    return this.closing.isTooDear(level, place);
  }

  private get isWide(): boolean {
    return this.closing.visits.some((visit) => visit.outside);
  }
}

function eitherOf(own: Crowded | null, other: Crowded | undefined): Crowded | null {
  if (own === null || other === undefined) return own ?? other ?? null;
  return (designs, row, level) => own(designs, row, level) || other(designs, row, level);
}
