import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Starts the files that took longest first, so that all workers end at about the same time. */
export class SlowFirst extends BaseSequencer {
  /** Of the last check here; before it, of one that was kept for that. */
  readonly #seconds = { ...readDurations('../durations.json'), ...readDurations('../../.durations.json') };

  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification) =>
      this.#seconds[path.relative(this.ctx.config.root, moduleId)] ?? 0;
    return [...files].sort((a, b) => seconds(b) - seconds(a));
  }
}

/** Seconds that each test file took, by its path from the root. */
function readDurations(name: string): Readonly<Record<string, number>> {
  try {
    return JSON.parse(readFileSync(path.join(import.meta.dirname, name), 'utf8')) as Record<string, number>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
