/** Entry of the workflow bundle. */
export { campaignWorkflow } from './campaign.js';
export { trialWorkflow } from './trial.js';
