import type { Adapter } from '../../lab-adapters/contract.js';
import { systemClock } from '../simulate/clock.js';
import { type KeptInstrument, keptInstruments } from './kept-instruments.js';

/** An instrument with its adapter, or why there is none. */
export interface HeldInstrument {
  readonly kept: KeptInstrument;
  readonly adapter: Adapter | null;
  readonly trouble: string | null;
}

/** The adapters of the instruments that were driven from here, made once and held. */
export class HeldAdapters {
  private readonly made = new Map<string, Promise<HeldInstrument>>();

  constructor(
    private readonly jobs: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Those of a lab, or all; made now where they were not yet, or where their settings have changed. */
  of(lab: string | null = null): readonly Promise<HeldInstrument>[] {
    return keptInstruments(this.jobs, lab).map((kept) => {
      const key = JSON.stringify(kept);
      const made = this.made.get(key) ?? this.make(kept);
      this.made.set(key, made);
      // What could not be made is tried anew the next time: the trouble may be over.
      void made.then(({ adapter }) => adapter === null && this.made.delete(key));
      return made;
    });
  }

  private async make(kept: KeptInstrument): Promise<HeldInstrument> {
    const { id, adapter: name, settings, modules, folder } = kept;
    try {
      if (name === '') throw new Error(`${folder} cannot be read`);
      const { createRegistry } = await import('../../lab-adapters/registry.js');
      const { loadAdapterModules } = await import('../../lab-adapters/modules.js');
      const registry = createRegistry(await loadAdapterModules(modules, '/'));
      const log = (line: string) => this.log(`${id}: ${line}`);
      const type = registry.get(name);
      // Not waited for; what cannot be loaded shows where it is needed.
      void Promise.resolve()
        .then(() => type.load?.())
        .catch(() => undefined);
      return { kept, adapter: registry.create(name, settings, { clock: systemClock, folder, log }), trouble: null };
    } catch (error) {
      return { kept, adapter: null, trouble: (error as Error).message };
    }
  }
}
