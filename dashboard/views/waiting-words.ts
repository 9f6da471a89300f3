import type { WaitingTrialView } from '../../scripts/serve/shapes.js';

const verbs: Readonly<Record<WaitingTrialView['needs'], string>> = {
  approval: '◆ approve',
  result: '◆ enter result of',
  resolution: '▲ decide “unknown” of',
  ruling: '⚑ decide what counts of',
};

/** What is to be done, in one line. */
export function itemWords({ needs, trialId, fidelity, step }: WaitingTrialView): string {
  return `${verbs[needs]} ${trialId}${step === null ? '' : `, step ${step}`} at ${fidelity}`;
}

/** Where the page shows it. */
export function itemHref({ trialId }: Pick<WaitingTrialView, 'trialId'>): string {
  return `/inbox?trial=${encodeURIComponent(trialId)}`;
}

/** What happens to a proposal that nobody decides on in time. */
export function thenWords({ otherwise }: WaitingTrialView): string {
  if (otherwise === 'reject') return 'then it is rejected and not run';
  if (otherwise === 'approve') return 'then it counts as approved and runs';
  return 'then it is overdue, and waits on';
}
