/** Entry of the workflow bundle. */
export { campaignWorkflow } from './campaign.js';
export { fineTuneWorkflow } from './fine-tune.js';
export { instrumentWorkflow } from './instrument.js';
export { trialWorkflow } from './trial.js';
