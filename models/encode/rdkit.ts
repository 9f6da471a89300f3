import type { MainModule } from '@rdkit/rdkit';
import { AthanorError } from '../domain/errors.js';
import { excessOf, shownSmiles } from './smiles-size.js';

/** A molecule of RDKit's; freed when the call that was given it returns. */
export type RdkitMolecule = NonNullable<ReturnType<MainModule['get_mol']>>;
/** RDKit's module, with the groups of atoms that are looked for, in order. */
export interface Rdkit {
  readonly module: MainModule;
  readonly groups: readonly RdkitMolecule[];
}

/** Calls of RDKit, none of which can spoil those after it. */
export class GuardedRdkit {
  private loaded: Promise<Rdkit> | null = null;

  /** @param smarts - groups of atoms to be looked for */
  constructor(private readonly smarts: readonly string[]) {}

  /** The module; loaded when first asked for, and after a crash. */
  load(): Promise<Rdkit> {
    this.loaded ??= import('@rdkit/rdkit').then(async (imported) => {
      const module = await (imported.default as unknown as () => Promise<MainModule>)();
      module.disable_logging();
      return { module, groups: this.smarts.map((one) => module.get_qmol(one)!) };
    });
    return this.loaded;
  }

  /**
   * What a function makes of a molecule, or null where the text is none, or is too large.
   *
   * A WebAssembly module that has thrown is not to be trusted again: its stack is where the throw left it. It is made anew,
   * and the molecule is refused.
   *
   * @throws {AthanorError} if RDKit fails at a molecule that it has read
   */
  async use<T>(smiles: string, make: (molecule: RdkitMolecule, rdkit: Rdkit) => T): Promise<T | null> {
    if (smiles.trim() === '' || excessOf(smiles) !== null) return null;
    const rdkit = await this.load();
    let read = false;
    try {
      const molecule = rdkit.module.get_mol(smiles);
      if (molecule === null) return null;
      read = true;
      const made = make(molecule, rdkit);
      molecule.delete();
      return made;
    } catch (cause) {
      this.loaded = null;
      if (!read) return null;
      throw new AthanorError('SMILES', `RDKit fails at '${shownSmiles(smiles)}'`, { cause });
    }
  }
}
