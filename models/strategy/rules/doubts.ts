import type { Goals } from '../../domain/standing.js';
import { modelledOutcomes } from '../../domain/standing.js';
import type { Visit } from '../history.js';

/** Measured values that the surrogates take for gross errors: visits by name of the outcome. */
export type Doubted = ReadonlyMap<string, readonly Visit[]>;

/** Visits of which any value is doubted, each once, in the order of the outcomes. */
export function doubtedVisits(doubted: Doubted): readonly Visit[] {
  return [...new Set([...doubted.values()].flat())];
}

/**
 * Visits by what is believed of them: a value that is doubted is taken for one that was not measured, and a visit of which nothing else
 * was, is left out. What is best, what is on the front and what keeps its bounds is told by these.
 */
export function believedOf(goals: Goals, visits: readonly Visit[], doubted: Doubted): readonly Visit[] {
  const wrong = new Set(doubtedVisits(doubted));
  if (wrong.size === 0) return visits;
  const names = modelledOutcomes(goals);
  return visits.flatMap((visit) => {
    if (!wrong.has(visit)) return [visit];
    const turned = visit.turned.map((one, i) => (doubted.get(names[i]!)?.includes(visit) ? null : one));
    return turned.some((one) => one !== null) ? [{ ...visit, turned }] : [];
  });
}

/** What was left out, in words; empty where nothing was. */
export function doubtWords(doubted: Doubted): string[] {
  const parts = [...doubted].flatMap(([name, visits]) =>
    visits.length === 0
      ? []
      : [`the ${doubted.size === 1 ? 'value' : name} of ${visits.map(({ trialId }) => trialId).join(', ')}`],
  );
  return parts.length === 0 ? [] : [`without ${parts.join(' and ')}, which all others speak against`];
}
