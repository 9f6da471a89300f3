import { patched, workflowInfo } from '@temporalio/workflow';
import { isQuiet } from './proxies.js';

/**
 * Whether a workflow is to continue as new: the server suggests it, or its history has `historyLimit` events. While a local
 * activity is under way its task is kept open by further tasks, which are one task in replay; so a workflow is told of another
 * length then than at first, and asks only when none is. To be made where the workflow begins.
 */
export function whenDue(historyLimit = Number.POSITIVE_INFINITY): () => boolean {
  const asksWhenQuiet = patched('anew-when-quiet');
  return () => {
    if (asksWhenQuiet && !isQuiet()) return false;
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength >= historyLimit;
  };
}
