import { acquisitions } from '../acquisition/acquisitions.js';
import { surrogateChoices } from '../surrogate/surrogates.js';

/** Surrogates that a campaign file can name. */
export const surrogateNames: readonly string[] = surrogateChoices.map((choice) => choice.name);

/** Acquisitions that a campaign file can name; `random` draws designs without a surrogate, as a baseline. */
export const acquisitionNames: readonly string[] = ['random', ...acquisitions.map((acquisition) => acquisition.name)];

/** Version of the numerical defaults, stored with every proposal; grows when a default changes a result. */
export const defaultsVersion = 'athanor-4';
