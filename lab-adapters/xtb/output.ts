/** 1 Eh in eV. @see CODATA 2018 */
export const evPerHartree = 27.211386245988;
/** 1 atomic unit of dipole moment in Debye. @see CODATA 2018 */
export const debyePerAu = 2.541746473;

/** Last number that a pattern finds in a text, null if it finds none. */
function last(text: string, pattern: RegExp): number | null {
  const found = [...text.matchAll(new RegExp(pattern, 'g'))].at(-1);
  const value = found === undefined ? Number.NaN : Number(found[1]);
  return Number.isFinite(value) ? value : null;
}

/** Total energy of the last geometry, Eh. */
export const totalEnergy = (out: string) => last(out, /\| TOTAL ENERGY\s+(\S+) Eh/);
/** Free energy at 298.15 K, Eh. */
export const freeEnergy = (out: string) => last(out, /\| TOTAL FREE ENERGY\s+(\S+) Eh/);
/** Gap between the frontier orbitals, eV. */
export const gap = (out: string) => last(out, /\| HOMO-LUMO GAP\s+(\S+) eV/);
/** Energy of the highest occupied orbital, Eh. */
export const homo = (out: string) => last(out, /\s(-?\d+\.\d+)\s+-?\d+\.\d+ \(HOMO\)/);
/** Energy of the lowest empty orbital, Eh. */
export const lumo = (out: string) => last(out, /\s(-?\d+\.\d+)\s+-?\d+\.\d+ \(LUMO\)/);
/** Free energy of solvation, Eh. */
export const solvation = (out: string) => last(out, /-> Gsolv\s+(\S+) Eh/);
/** Vertical ionisation potential by IPEA-xTB, eV. */
export const verticalIp = (out: string) => last(out, /delta SCC IP \(eV\):\s+(\S+)/);
/** Vertical electron affinity by IPEA-xTB, eV. */
export const verticalEa = (out: string) => last(out, /delta SCC EA \(eV\):\s+(\S+)/);
/** Number of imaginary frequencies of the hessian. */
export const imaginary = (out: string) => last(out, /# imaginary freq\.\s+(\d+)/);
/** Version of the program. */
export const version = (out: string) => /xtb version (\S+)/.exec(out)?.[1] ?? null;

/** Dipole moment in Debye, from xtbout.json. */
export function dipole(json: string): number | null {
  const vector = /"dipole":\s*\[([^\]]*)\]/.exec(json)?.[1]?.split(',').map(Number);
  return vector?.length === 3 && vector.every(Number.isFinite) ? Math.hypot(...vector) * debyePerAu : null;
}

/** CPU seconds of the whole run, the first of the times that xtb lists at its end; null if it did not come so far. */
export function cpuSeconds(out: string): number | null {
  const time = /cpu-time:\s+(\d+) d,\s+(\d+) h,\s+(\d+) min,\s+([\d.]+) sec/.exec(out);
  if (time === null) return null;
  const [days, hours, minutes, seconds] = time.slice(1).map(Number) as [number, number, number, number];
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}

/** The reasons of an `[ERROR]` block, outermost first; empty if there is none. */
export function errors(out: string): readonly string[] {
  const block = /\[ERROR\][^\n]*\n((?:-\d+-[^\n]*\n)*)/.exec(out);
  if (block === null) return [];
  return block[1] === '' ? ['xtb says [ERROR] without a reason'] : block[1]!.trim().split('\n');
}
