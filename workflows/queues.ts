/**
 * Queue of the decisions, which take a core each, for campaigns on the queue `campaignQueue`. Everything else runs on the
 * campaigns' own queue: activities on the queue of their workflow are handed out with its tasks, which saves a trip.
 */
export function modelQueue(campaignQueue: string): string {
  return `${campaignQueue}/model`;
}
