// Where the simulated lab keeps what it has.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The simulated devices, in the order in which trials pass through them. */
export const devices = ['reactor', 'furnace', 'spectrometer'];

/** The lab's folder where none is given: in Athanor's home. */
export const defaultFolder = () => join(process.env.ATHANOR_HOME ?? join(homedir(), '.athanor'), 'simulated-lab');
