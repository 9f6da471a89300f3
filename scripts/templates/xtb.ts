import type { Template } from './template.js';

const campaign = `# A campaign on a real simulator: which of these molecules has the smallest gap between its frontier orbitals?
# Two levels of theory with xtb (apt-get install xtb): a quick one at the force-field geometry, and the one that counts.
#   athanor run campaign.yaml
name: small-gap
description: HOMO-LUMO gap of small conjugated molecules, GFN1 against GFN2 in water
seed: 1

space:
  pool:
    file: molecules.csv
    id: name
    designColumns:
      - {name: molecule, type: substance, column: smiles}

objectives:
  - {name: gap, direction: minimise, unit: eV}

fidelities:                    # costs are CPU seconds, measured on one core
  - name: gfn1
    adapter: xtb
    settings: {method: gfn1, task: energy, values: {gap: gap}}
    cost: 0.1
  - name: gfn2-water
    adapter: xtb
    settings: {method: gfn2, task: optimise, solvent: water, values: {gap: gap}}
    cost: 0.4

budget: {cost: 6}
parallel: 2
`;

const molecules = `name,smiles
benzene,c1ccccc1
naphthalene,c1ccc2ccccc2c1
azulene,c1ccc2cccc2cc1
indole,c1ccc2[nH]ccc2c1
quinoline,c1ccc2ncccc2c1
pyridine,c1ccncc1
pyrazine,c1cnccn1
furan,c1ccoc1
thiophene,c1ccsc1
pyrrole,c1cc[nH]c1
aniline,Nc1ccccc1
nitrobenzene,O=[N+]([O-])c1ccccc1
4-nitroaniline,Nc1ccc(cc1)[N+](=O)[O-]
benzonitrile,N#Cc1ccccc1
1-4-benzoquinone,O=C1C=CC(=O)C=C1
1-4-naphthoquinone,O=C1C=CC(=O)c2ccccc12
styrene,C=Cc1ccccc1
butadiene,C=CC=C
hexatriene,C=CC=CC=C
benzaldehyde,O=Cc1ccccc1
phenol,Oc1ccccc1
anisole,COc1ccccc1
fluorobenzene,Fc1ccccc1
imidazole,c1c[nH]cn1
`;

/** Molecules at two levels of theory. */
export const xtb: Template = {
  name: 'xtb',
  description: 'molecules at two levels of quantum chemistry, with xtb',
  files: { 'campaign.yaml': campaign, 'molecules.csv': molecules },
  next: 'athanor run FOLDER/campaign.yaml',
};
