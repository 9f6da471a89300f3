import type { EncodedDesigns } from '../encode/encoded-designs.js';

/** Places of the rows in an order that depends on what they hold alone: designs, then losses. */
export function rowOrder(designs: EncodedDesigns, losses: ArrayLike<number>): number[] {
  const { n } = designs;
  const blocks = [designs.numeric, designs.categories, designs.substances, designs.vectors].filter(
    (block) => block.length > 0,
  );
  const compare = (a: number, b: number): number => {
    for (const block of blocks) {
      const width = block.length / n;
      for (let j = 0; j < width; j++) {
        const difference = block[a * width + j]! - block[b * width + j]!;
        if (difference !== 0) return difference;
      }
    }
    return losses[a]! - losses[b]!;
  };
  return Array.from({ length: n }, (_, i) => i).sort(compare);
}
