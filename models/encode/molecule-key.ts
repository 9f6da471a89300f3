/** Centres that a SMILES marks as stereo. */
function marked(smiles: string): number {
  return smiles.match(/\[[^\]]*@[^\]]*\]/g)?.length ?? 0;
}

/**
 * Text that two spellings of one molecule share: its canonical SMILES. One that marks more stereo than RDKit reads, as of
 * an allene, is no spelling of another.
 */
export function moleculeKey(smiles: string, canonical: string): string {
  return marked(smiles) > marked(canonical) ? smiles : canonical;
}
