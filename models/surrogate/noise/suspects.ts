import { type EncodedDesigns, rowKey, selectDesigns } from '../../encode/encoded-designs.js';
import { deriveSeed } from '../../random/generator.js';
import type { TrainingSet } from '../contract.js';

/** Rows of a training set that a surrogate was not fitted to, as gross errors. */
export interface Suspects {
  readonly rows: readonly number[];
  readonly designs: EncodedDesigns;
  /** What they are found again by, whatever their order: see `suspectsOf`. */
  readonly marks: readonly number[];
}

/** These rows, with a mark of each: a number in [0, 2³²) of its design and loss alone. */
export function suspectsOf(training: TrainingSet, rows: readonly number[]): Suspects {
  return { rows, designs: selectDesigns(training.designs, rows), marks: rows.map((row) => mark(training, row)) };
}

/** Rows at the target that have one of the marks; rows that were corrected since have another. */
export function markedRows(training: TrainingSet, marks: readonly number[]): number[] {
  if (marks.length === 0) return [];
  return [...training.levels.keys()].filter(
    (row) => training.levels[row] === training.levelCount - 1 && marks.includes(mark(training, row)),
  );
}

function mark({ designs, losses }: TrainingSet, row: number): number {
  return deriveSeed(0, rowKey(designs, row), losses[row]!);
}
