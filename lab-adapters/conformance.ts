import { controlLaws } from './conformance/control-laws.js';
import { type ConformanceFixture, type Law, withAdapter } from './conformance/fixture.js';
import { resultLaws } from './conformance/result-laws.js';
import { submissionLaws } from './conformance/submission-laws.js';

export type { ConformanceFixture, Law, Scenario } from './conformance/fixture.js';

/**
 * Everything that an adapter must do, as laws that any test framework can run: each throws with a sentence when broken.
 *
 * ```ts
 * for (const law of adapterLaws) test(law.name, () => tryLaw(law, fixture));
 * ```
 */
export const adapterLaws: readonly Law[] = [...submissionLaws, ...resultLaws, ...controlLaws];

/**
 * Tries one law.
 *
 * @returns null if it held, else why it could not be tried on this fixture
 * @throws {Error} if the adapter breaks the law
 */
export async function tryLaw(law: Law, fixture: ConformanceFixture): Promise<string | null> {
  const skipped = await withAdapter(fixture.succeeds, await fixture.newFolder(), async (adapter) =>
    law.skipped(fixture, adapter),
  );
  if (skipped === null) await law.run(fixture);
  return skipped;
}
