import { defineConfig } from 'vitest/config';
import { projects } from './test/support/projects.js';
import { SlowFirst } from './test/support/slow-first.js';

const { unit, host, watched, install, counterparts } = projects(import.meta.dirname);
const servers = {
  globalSetup: ['test/support/global-setup.ts'],
  // Loading Temporal, the store and all adapters takes a process three seconds: files share processes.
  isolate: false,
  setupFiles: ['test/support/own-environment.ts'],
  // They wait for servers and programs half of their time: more of them than the two cores that a check may count on.
  maxWorkers: 6,
  sequence: { groupOrder: 2 },
  // Temporal's server is a Go program, which spends a tenth less on collecting garbage.
  env: { GOGC: '400' },
  // The built command is loaded as it stands.
  server: { deps: { external: [/\/dist\//] } },
};

/** Which test belongs to which project is said in test/support/projects.ts. */
export default defineConfig({
  test: {
    // A limit for what hangs; a machine five times slower does not come near it.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 600_000 } },
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        // One module registry for all files of a worker, as half of the time went into loading the same files again.
        test: { name: 'unit', include: unit, isolate: false, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'host', include: host, ...servers } },
      { extends: true, test: { name: 'watched', include: watched, ...servers, isolate: true } },
      { extends: true, test: { name: 'install', include: install, ...servers } },
      // They install some gigabyte, so most of it is run where that is asked for: npm run counterparts.
      ...(process.env.ATHANOR_COUNTERPARTS === undefined
        ? [
            {
              extends: true as const,
              test: {
                name: 'campaigns',
                include: counterparts.filter((file) => !file.includes('bluesky')),
                ...servers,
                setupFiles: ['test/support/own-environment.ts', 'test/support/campaigns-only.ts'],
              },
            },
          ]
        : [
            {
              extends: true as const,
              test: {
                name: 'counterparts',
                include: counterparts,
                ...servers,
                maxWorkers: 1,
                sequence: { groupOrder: 3 },
              },
            },
          ]),
    ],
  },
});
