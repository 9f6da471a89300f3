import { resolve } from 'node:path';

/** Folder of public data sets; not part of the project, so it may be absent: tests that read one skip then, and say so. */
export const dataSets = resolve(process.env.ATHANOR_SHARED ?? resolve(import.meta.dirname, '../../../shared'), 'data');
