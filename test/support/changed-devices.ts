import type { Adapter } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { WorkerSettings } from '../../scripts/durable/worker.js';

/** Settings of a worker whose devices are those that come with the package, each with some verbs of the test's own. */
export function changedDevices(change: (device: Adapter) => Partial<Adapter>): Pick<WorkerSettings, 'registryFor'> {
  const registry = createRegistry();
  return {
    registryFor: async () => ({
      ...registry,
      create: (...given): Adapter => {
        const device = registry.create(...given);
        return { ...device, ...change(device) };
      },
    }),
  };
}
