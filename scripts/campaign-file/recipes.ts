import type { CheckScope } from '../../lab-adapters/contract.js';
import { stepFaults, stepScope, usesFaults } from '../../lab-adapters/step-scope.js';
import type { LabSpec } from '../../models/domain/lab.js';
import { mostSteps, type RecipeStep } from '../../models/domain/recipe.js';
import { ableFaults, besideFaults, type LabContext } from './lab-instruments.js';
import { oneOf } from './nearest.js';
import type { CampaignParts, FidelityParts } from './parts.js';
import type { PlacedFault } from './schema-faults.js';
import { placed, segments } from './schema-faults.js';

type Place = readonly PropertyKey[];
type Steps = readonly (RecipeStep | undefined)[];

/**
 * What is wrong with a fidelity whose trials run by a recipe: names given twice, outcomes that no step gives or two, places to be filled
 * in that nothing has or whose units do not convert, what the lab lacks, and what instruments have against their steps.
 */
export async function recipeFaults(
  fidelity: FidelityParts,
  i: number,
  parts: CampaignParts,
  context: LabContext,
): Promise<readonly PlacedFault[]> {
  // More are refused by the schema.
  const recipe = fidelity.recipe!.slice(0, mostSteps);
  const at = ['fidelities', i, 'recipe'];
  const faults = [
    ...besideFaults(fidelity, i, parts, 'recipe'),
    ...repeatedSteps(recipe, at),
    ...outcomeFaults(recipe, at, parts),
  ];
  for (const [k, step] of recipe.entries()) {
    if (step === undefined) continue;
    const place = [...at, k];
    const { undo } = step;
    faults.push(...placeFaults(step, place, context.lab?.spec));
    faults.push(...(await givenFaults(step, step.on, place, [...place, 'on'], context)));
    if (context.lab !== null && context.scope !== undefined)
      faults.push(...told(await usesFaults(step.uses, context.scope, context.lab.spec.stock, [...place, 'uses'])));
    if (undo === undefined) continue;
    const taken = { with: undo.with, gives: [] };
    const named = undo.on === undefined ? [...place, 'undo'] : [...place, 'undo', 'on'];
    faults.push(...(await givenFaults(taken, undo.on ?? step.on, [...place, 'undo'], named, context)));
  }
  return faults;
}

/** What is wrong with what a step gives to its instrument, and what that has against it. @param named - where it is named */
async function givenFaults(
  step: Pick<RecipeStep, 'with' | 'gives'>,
  on: string,
  at: Place,
  named: Place,
  context: LabContext,
): Promise<readonly PlacedFault[]> {
  const { scope } = context;
  const faults = scope === undefined ? [] : told(await stepFaults(step.with, scope, [...at, 'with']));
  const isWhole = scope !== undefined && faults.length === 0;
  const seen: CheckScope | undefined = isWhole ? await stepScope(step, scope) : undefined;
  return [...faults, ...(await ableFaults(on, undefined, named, { ...context, scope: seen }))];
}

function repeatedSteps(recipe: Steps, at: Place): PlacedFault[] {
  return recipe.flatMap((step, k) =>
    step !== undefined && recipe.slice(0, k).some((other) => other?.step === step.step)
      ? [placed([...at, k, 'step'], `a second step '${step.step}'`, 'give each step a name of its own')]
      : [],
  );
}

/** Outcomes that two steps give, that the campaign does not have, or that it needs and none gives. */
function outcomeFaults(recipe: Steps, at: Place, parts: CampaignParts): PlacedFault[] {
  const { outcomes, fidelities } = parts;
  const objectives = parts.objectives.filter((one) => one?.expression === undefined);
  const known = [...objectives, ...outcomes].flatMap((outcome) => outcome?.name ?? []);
  const isKnown = objectives.every((one) => one !== undefined) && outcomes.every((one) => one !== undefined);
  const faults: PlacedFault[] = [];
  const giver = new Map<string, string>();
  for (const [k, step] of recipe.entries())
    for (const [n, name] of (step?.gives ?? []).entries()) {
      const before = giver.get(name);
      const place = [...at, k, 'gives', n];
      if (before !== undefined)
        faults.push(placed(place, `'${name}' comes from step '${before}' already`, 'let one step give it'));
      else if (isKnown && !known.includes(name))
        faults.push(placed(place, `no objective or outcome '${name}'`, oneOf(name, known)));
      giver.set(name, before ?? step!.step);
    }
  if (recipe.includes(undefined)) return faults;
  const others = fidelities.filter(({ recipe: steps }) => steps !== undefined);
  const everywhere = others.length === fidelities.length;
  const given = (name: string) => others.some(({ recipe: steps }) => steps!.some((step) => step?.gives.includes(name)));
  const lacking = [
    ...objectives.filter((one) => one !== undefined && !giver.has(one.name)),
    ...outcomes.filter((one) => one !== undefined && !giver.has(one.name) && everywhere && !given(one.name)),
  ];
  for (const one of lacking)
    faults.push(placed(at, `no step gives '${one!.name}'`, "name it under 'gives' of the step that measures it"));
  return faults;
}

/** Positions that the lab does not have. */
function placeFaults({ at: position }: RecipeStep, at: Place, lab: LabSpec | undefined): PlacedFault[] {
  if (position === undefined || lab === undefined || Object.hasOwn(lab.positions, position)) return [];
  return [placed([...at, 'at'], `no position '${position}'`, oneOf(position, Object.keys(lab.positions)))];
}

function told(faults: Awaited<ReturnType<typeof stepFaults>>): PlacedFault[] {
  return faults.map(({ path, message, remedy }) => placed(segments(path), message, remedy));
}
