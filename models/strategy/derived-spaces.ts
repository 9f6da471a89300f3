import type { Space } from '../domain/space.js';

/** Spaces made of one that are remembered of it. */
const mostKept = 2;

/** Spaces made of others: of each, those used last are remembered, so that they are the same objects as long as they are. */
export class DerivedSpaces<T extends { readonly space: Promise<Space> }> {
  readonly #kept = new WeakMap<Space, readonly T[]>();

  /** What is remembered, used last at the end. */
  of(space: Space): readonly T[] {
    return this.#kept.get(space) ?? [];
  }

  /** Remembers one as used last. What cannot be had is forgotten, as it may be there the next time. */
  use(space: Space, one: T): Promise<Space> {
    this.#kept.set(space, [...this.#without(space, one), one].slice(-mostKept));
    one.space.catch(() => this.#kept.set(space, this.#without(space, one)));
    return one.space;
  }

  #without(space: Space, one: T): readonly T[] {
    return this.of(space).filter((other) => other !== one);
  }
}
