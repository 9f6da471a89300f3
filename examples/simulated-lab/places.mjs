// Where the simulated lab keeps what it has.
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The simulated devices, in the order in which trials pass through them. */
export const devices = ['reactor', 'furnace', 'spectrometer'];

/** The lab's folder where none is given: beside Athanor's home, where nothing else is kept. */
export const defaultFolder = () => `${resolve(process.env.ATHANOR_HOME ?? join(homedir(), '.athanor'))}-simulated-lab`;
