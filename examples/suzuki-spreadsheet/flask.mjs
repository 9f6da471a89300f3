// Stands for the flask: what a trial of the Suzuki example gives. The numbers are invented, by the formulas below, so that
// the example runs without a laboratory; none was measured.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** How well each ligand and base works, from 0 to 1; invented. */
const ligands = { PPh3: 0.45, PCy3: 0.7, SPhos: 0.95, XPhos: 0.9 };
const bases = { K3PO4: 1, K2CO3: 0.75, Cs2CO3: 0.9, NaOH: 0.5 };

const lines = readFileSync(new URL('prices.csv', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(1);
const euros = Object.fromEntries(lines.map((line) => [line.split(',')[0], Number(line.split(',')[2])]));

/**
 * Price of a batch in EUR: base, solvent by volume, and palladium with twice as much ligand by loading.
 */
export function price({ base, ligand, solvent, loading }) {
  let sum = euros[base] + loading * (euros.palladium + 2 * euros[ligand]);
  for (const [name, share] of Object.entries(solvent)) sum += share * euros[name];
  return Number(sum.toFixed(2));
}

/**
 * What comes of a design, `null` where it fails: Cs2CO3 clumps below 80 °C in a solvent that is more than half toluene.
 *
 * rate = 0.015 / h · ligand · base · 2^((T − 60) / 12) · loading^0.8 · (0.3 + 2.8 · water · (1 − water))
 * yield = 97 · (1 − exp(−rate · hours)) · (1 − water / 4), in %
 * impurity = 1 + hours · loading · 1.5^((T − 90) / 10) / 10, in %, of the boronic acid coupled with itself
 *
 * @param design - as in the table; solvent in fractions by name
 * @param repeat - 0 for the first run; later ones of the same design differ by up to 2 % of the yield
 */
export function run(design, repeat = 0) {
  const { base, ligand, solvent, temperature, hours, loading } = design;
  const water = solvent.water ?? 0;
  if (base === 'Cs2CO3' && (solvent.toluene ?? 0) > 0.5 && temperature < 80) return null;
  const wetting = 0.3 + 2.8 * water * (1 - water);
  const rate = 0.015 * ligands[ligand] * bases[base] * 2 ** ((temperature - 60) / 12) * loading ** 0.8 * wetting;
  const found = 97 * (1 - Math.exp(-rate * hours)) * (1 - water / 4) * (1 + 0.02 * Math.sin(7 * repeat));
  const impurity = 1 + (hours * loading * 1.5 ** ((temperature - 90) / 10)) / 10;
  return { yield: Number(found.toFixed(1)), price: price(design), impurity: Number(impurity.toFixed(1)) };
}

/** Fractions by name of a mixture as tables write it, `ethanol:0.4 water:0.6`. */
export function fractions(text) {
  return Object.fromEntries(text.split(' ').map((part) => [part.split(':')[0], Number(part.split(':')[1])]));
}

/** As a program of the adapter `command`: a trial on stdin, its outcome on stdout. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { design } = JSON.parse(readFileSync(0, 'utf8'));
  const values = run({ ...design, solvent: fractions(design.solvent) });
  const failure = { class: 'chemistry', code: 'clumped', message: 'the base clumped and could not be stirred' };
  process.stdout.write(JSON.stringify(values === null ? { failure } : { values }));
}
