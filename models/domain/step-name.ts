/** Name of the only step where there is no recipe. */
export const onlyStep = 'run';

const mark = '~undo';

/** Name of the step that takes back what another did. */
export function undoOf(step: string): string {
  return `${step}${mark}`;
}

/** The step that one takes back; null for a step of a recipe. */
export function undoneBy(step: string): string | null {
  return step.endsWith(mark) ? step.slice(0, -mark.length) : null;
}
