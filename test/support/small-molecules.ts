/** SMILES of small molecules, as tests of encoders have them. */
export const smallMolecules: readonly string[] = [
  ...['C', 'CC', 'CCC', 'CO', 'CCO', 'CN', 'CCN', 'c1ccccc1', 'CC(O)C', 'C=C', 'C=CC', 'NCCO', 'CC(=O)O'],
];
