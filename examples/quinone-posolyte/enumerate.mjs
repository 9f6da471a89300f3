/** Substituents by name; hydrogen is nothing. */
const substituents = {
  H: '',
  Me: 'C',
  OMe: 'OC',
  OH: 'O',
  NH2: 'N',
  F: 'F',
  Cl: 'Cl',
  CN: 'C#N',
  CF3: 'C(F)(F)F',
  CO2Me: 'C(=O)OC',
};

/** Cores by name: benzoquinone substituted at 2,3 and at 2,5, naphthoquinone at 2,3. */
const cores = {
  BQ23: (a, b) => `O=C1C${a}=C${b}C(=O)C=C1`,
  BQ25: (a, b) => `O=C1C${a}=CC(=O)C${b}=C1`,
  NQ23: (a, b) => `O=C1C${a}=C${b}C(=O)c2ccccc12`,
};

/**
 * The 155 quinones of the example: three cores times the unordered pairs of ten substituents, each molecule once.
 * The cores are symmetric, so the order within a pair does not matter; a molecule that two cores give (one substituent
 * or none) keeps the name it had first.
 *
 * @param molecules - RDKit, as `loadMolecules` gives it
 * @returns {Promise<{ id: string, smiles: string }[]>} core and substituents, such as `NQ23-NH2-CF3`, and canonical SMILES
 */
export async function enumerateQuinones(molecules) {
  const rows = new Map();
  const names = Object.keys(substituents);
  const branch = (name) => (substituents[name] === '' ? '' : `(${substituents[name]})`);
  for (const [core, smilesOf] of Object.entries(cores))
    for (const [i, a] of names.entries())
      for (const b of names.slice(i)) {
        const drawn = smilesOf(branch(a), branch(b));
        const smiles = await molecules.canonical(drawn);
        if (smiles === null) throw new Error(`RDKit does not accept ${core}-${a}-${b}, '${drawn}'`);
        if (!rows.has(smiles)) rows.set(smiles, { id: `${core}-${a}-${b}`, smiles });
      }
  return [...rows.values()];
}

/** The pool as CSV text. None of its cells needs quotes. */
export function poolCsv(rows) {
  return `id,smiles\n${rows.map(({ id, smiles }) => `${id},${smiles}\n`).join('')}`;
}
