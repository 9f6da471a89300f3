import type { Generator } from '../../models/random/generator.js';

/** What became of an input: taken as what it should be, or refused in words. */
export type Verdict = 'taken' | 'refused';

/** Folders of one thread of the fuzz, which nothing must be written beside. */
export interface Place {
  /** Where inputs lie, and what they name; its relative paths start here. */
  readonly work: string;
  /** A campaign home. */
  readonly home: string;
}

/** An input: changed from a valid example. */
export interface Input {
  readonly bytes: Uint8Array;
  /** Which example, for kinds whose examples are read in different ways. */
  readonly of: string;
}

/** One kind of input, and the entry points of the product that read it. */
export interface Kind {
  readonly name: string;
  /** An input, the same one for the same stream of numbers. */
  make(draw: Generator): Input;
  /**
   * Feeds it to the product.
   * @throws {Find} if something comes of it that must not be; whatever else is thrown is a find as well
   */
  run(input: Input): Promise<Verdict>;
}

/** How a kind is made ready: its examples are written, and read once as they are. */
export type MakeKind = (place: Place) => Promise<Kind>;
