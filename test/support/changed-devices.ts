import type { Adapter, Clock } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { WorkerSettings } from '../../scripts/durable/worker.js';

/**
 * Settings of a worker whose devices are those that come with the package, each with some verbs of the test's own.
 * @param clock - by which simulated jobs take time; the machine's where absent
 */
export function changedDevices(
  change: (device: Adapter) => Partial<Adapter>,
  clock?: Clock,
): Pick<WorkerSettings, 'registryFor'> {
  const registry = createRegistry();
  return {
    registryFor: async () => ({
      ...registry,
      create: (name, settings, context): Adapter => {
        const device = registry.create(name, settings, clock === undefined ? context : { ...context, clock });
        return { ...device, ...change(device) };
      },
    }),
  };
}
