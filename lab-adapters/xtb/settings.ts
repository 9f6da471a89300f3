import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';

/** What xtb can be asked for. Energies are in eV, the dipole moment in Debye. */
export const quantities = [
  'energy',
  'gap',
  'homo',
  'lumo',
  'dipole',
  'solvation',
  'freeEnergy',
  'verticalIp',
  'verticalEa',
  'ip',
  'ea',
  'window',
] as const;
/** Name of something that xtb can be asked for. */
export type Quantity = (typeof quantities)[number];

/** Quantities that need the anion, cation or both: optimised themselves, or as they are at the molecule's geometry. */
export const ionic: Readonly<Partial<Record<Quantity, readonly ('anion' | 'cation')[]>>> = {
  ip: ['cation'],
  ea: ['anion'],
  window: ['anion', 'cation'],
};

/** Quantities of a separate IPEA-xTB run, which needs xtb's parameter files. */
export const vertical: ReadonlySet<Quantity> = new Set(['verticalIp', 'verticalEa']);

const base = z.strictObject({
  method: z.enum(['gfn1', 'gfn2', 'gfnff']),
  task: z
    .enum(['energy', 'optimise', 'hessian'])
    .describe('energy: single point at the GFN-FF geometry; optimise; hessian: optimise, then vibrations'),
  values: z
    .record(z.string().min(1), z.enum(quantities))
    .describe('objective name: quantity; energies in eV, dipole in Debye'),
  molecule: z.string().min(1).optional().describe('parameter that holds the molecule; the only substance where absent'),
  solvent: z
    .string()
    .regex(/^[A-Za-z0-9]+$/, 'the name of an ALPB solvent, such as water')
    .optional(),
  charge: z.int().min(-10).max(10).optional().describe('total charge in e; that of the SMILES where absent'),
  unpaired: z.int().min(0).max(10).optional().describe('unpaired electrons; 0 where absent, if the SMILES agrees'),
  cycles: z.int().min(1).optional().describe("limit of optimisation cycles; xtb's own where absent"),
  iterations: z.int().min(1).optional().describe("limit of SCF iterations; xtb's own where absent"),
  timeout: durationSchema.default('10min'),
  geometries: z.string().min(1).optional().describe('file of start geometries, one JSON object a line'),
  cost: z
    .number()
    .nonnegative()
    .optional()
    .describe('charged for a finished trial instead of the CPU seconds that xtb reports'),
  program: z.string().min(1).default('xtb').describe('name or path of the xtb program'),
});

/** Strict schema of the adapter's settings. */
export const xtbSettings = base.superRefine((settings, context) => {
  const refuse = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
  if (Object.keys(settings.values).length === 0)
    refuse(['values'], 'at least one objective and its quantity is wanted');
  if (settings.method === 'gfnff' && settings.task !== 'optimise')
    refuse(['task'], `'${settings.task}' is not possible with gfnff; allowed is optimise`);
  for (const [objective, quantity] of Object.entries(settings.values)) {
    const reason = obstacle(settings, quantity);
    if (reason !== null) refuse(['values', objective], `'${quantity}' ${reason}`);
  }
});

/** A level of theory and what is wanted of it. */
export type XtbSettings = z.infer<typeof base>;

/** What keeps a quantity from being had at a level; null if nothing. */
function obstacle({ method, task, solvent, unpaired = 0 }: XtbSettings, quantity: Quantity): string | null {
  if (method === 'gfnff') return quantity === 'energy' ? null : 'is not given by gfnff; use gfn1 or gfn2';
  if (quantity === 'solvation' && solvent === undefined) return "needs 'solvent'";
  if (quantity === 'freeEnergy' && task !== 'hessian') return "needs 'task: hessian'";
  if (quantity in ionic && task === 'hessian') return "needs 'task: optimise' (adiabatic) or 'task: energy' (vertical)";
  if (quantity in ionic && unpaired !== 0) return "needs a closed shell: 'unpaired: 0'";
  if (vertical.has(quantity) && method !== 'gfn1') return "is a quantity of IPEA-xTB and needs 'method: gfn1'";
  return null;
}
