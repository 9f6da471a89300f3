/** Queue of what has to be asked in one home, for campaigns on the queue `campaignQueue`; every worker of the home serves it. */
export function homeQueue(campaignQueue: string, home: string): string {
  return `${campaignQueue}/home/${home}`;
}

/**
 * Queue of the decisions, which take a core each, for campaigns on the queue `campaignQueue`. Everything else runs on the
 * campaigns' own queue: activities on the queue of their workflow are handed out with its tasks, which saves a trip.
 */
export function modelQueue(campaignQueue: string): string {
  return `${campaignQueue}/model`;
}

/** Queue of the calls of an instrument that only workers which were told to drive, for campaigns on the queue `campaignQueue`. */
export function instrumentQueue(campaignQueue: string, lab: string, instrument: string): string {
  return `${campaignQueue}/instrument/${lab}/${instrument}`;
}

/** Id of the workflow of a campaign's n-th fine-tuning. */
export function tuningWorkflowId(campaignId: string, n: number): string {
  return `${campaignId}/tune${n}`;
}

/** Id of the workflow of an instrument or position. */
export function instrumentWorkflowId(lab: string, name: string): string {
  return `instrument/${lab}/${name}`;
}
