/** Longest SMILES that is read; no molecule of a data set is longer. */
const longest = 5000;

/** A function that gives the same text for every SMILES of one molecule, stereo marks included; null for what is none. */
export async function moleculeCodes(): Promise<(smiles: string) => string | null> {
  const { Molecule } = await import('openchemlib');
  const codes = new Map<string, string | null>();
  const read = (smiles: string) => {
    const text = smiles.trim();
    if (text === '' || text.length > longest) return null;
    try {
      return Molecule.fromSmiles(text).getIDCode();
    } catch {
      return null;
    }
  };
  return (smiles) => {
    if (!codes.has(smiles)) codes.set(smiles, read(smiles));
    return codes.get(smiles)!;
  };
}
