import { type Constraint, constraintFaults } from '../../models/domain/constraints/constraint.js';
import type { Space } from '../../models/domain/space.js';
import type { CampaignParts } from './parts.js';
import { type PlacedFault, placed, segments } from './schema-faults.js';

/** The space with the constraints that the file gives, and what is wrong with them; without them where one cannot be read. */
export function constrained(
  space: Space,
  given: CampaignParts['space']['constraints'],
): { readonly space: Space; readonly faults: readonly PlacedFault[] } {
  if (given === undefined || given.length === 0) return { space, faults: [] };
  const faults = given.flatMap((constraint, i) =>
    constraint === undefined
      ? []
      : constraintFaults(constraint, space).map(({ path, message, remedy }) =>
          placed(['space', 'constraints', i, ...segments(path)], message, remedy),
        ),
  );
  const whole = faults.length === 0 && given.every((constraint) => constraint !== undefined);
  return { space: whole ? { ...space, constraints: given as readonly Constraint[] } : space, faults };
}
