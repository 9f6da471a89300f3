/** Entry of the workflow bundle. */
export { campaignWorkflow } from './campaign.js';
export { instrumentWorkflow } from './instrument.js';
export { trialWorkflow } from './trial.js';
