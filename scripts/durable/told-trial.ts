import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { trialWorkflowId } from '../../workflows/loop.js';
import type { Hearers } from './entered.js';

/** Tells the workflows of trials on a server; one that is gone is begun anew by its campaign, and looks then. */
export function tellOf(client: Client): Hearers['tell'] {
  return async (trialId, generation, key) => {
    try {
      await client.workflow.getHandle(trialWorkflowId(trialId, generation)).signal('stepEntered', { key });
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  };
}
