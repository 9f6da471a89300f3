import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import { defaultTaskQueue } from './campaign-workflow.js';
import { tellInstrument } from './lab-control.js';

interface ServerSettings {
  readonly namespace?: string;
  readonly taskQueue?: string;
}

/** The server with its namespace, and the queue of the workflows. */
export function serverOf(
  { namespace = 'default', taskQueue = defaultTaskQueue }: ServerSettings,
  connection: NativeConnection,
) {
  return { client: new Client({ connection, namespace }), namespace, taskQueue };
}

/** Has the workflow of an instrument look at what the store says. */
export function tellOn(settings: ServerSettings, connection: NativeConnection) {
  const server = serverOf(settings, connection);
  return (lab: string, name: string) => tellInstrument(server, lab, name);
}

/** Whether a workflow runs. */
export function isOpenOn(settings: ServerSettings, connection: NativeConnection) {
  const { client } = serverOf(settings, connection);
  return async (id: string): Promise<boolean> => {
    try {
      return (await client.workflow.getHandle(id).describe()).status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  };
}
