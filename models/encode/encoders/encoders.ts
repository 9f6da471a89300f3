import type { Encoder } from './contract.js';
import { descriptors } from './descriptors.js';
import { fingerprints } from './fingerprints.js';

/** Every encoder; a new one is one line here. */
export const encoders: readonly Encoder[] = [fingerprints, descriptors];
