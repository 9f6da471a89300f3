import { describe, test } from 'vitest';
import type { ConformanceFixture } from '../../lab-adapters/conformance.js';
import { adapterLaws, tryLaw } from '../../lab-adapters/conformance.js';

/** Runs the conformance suite on an adapter; laws that the fixture gives no means to try are shown as skipped. */
export function describeAdapterLaws(name: string, fixture: ConformanceFixture): void {
  describe(`laws of an adapter: ${name}`, () => {
    for (const law of adapterLaws)
      test(law.name, async ({ skip }) => {
        const skipped = await tryLaw(law, fixture);
        if (skipped !== null) skip(skipped);
      });
  });
}
