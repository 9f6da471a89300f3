import { ActivityFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** Whether a child could not be started because one with its id runs or ran. */
export function isAlreadyStarted(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
}

/** What went wrong in an activity or child, in its own words. */
export function rootMessage(error: unknown): string {
  if ((error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) && error.cause instanceof Error)
    return error.cause.message;
  return error instanceof Error ? error.message : String(error);
}
