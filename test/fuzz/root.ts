import { fileURLToPath } from 'node:url';

/** Folder of the repository; the fuzz runs from a folder of its own in it. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));
