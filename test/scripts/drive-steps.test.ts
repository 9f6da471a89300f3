import { labSchema } from '../../models/domain/lab.js';
import { recipeSchema } from '../../models/domain/recipe.js';
import { VirtualClock } from '../../scripts/simulate/clock.js';
import { driveSteps } from '../../scripts/simulate/drive-steps.js';
import { LabLeases } from '../../scripts/simulate/lab-leases.js';
import { VirtualLane } from '../../scripts/simulate/lane.js';
import { describeRecipeLife, lawRecipe, type RecipeHost } from '../laws/recipe-life.js';

const request = { design: { x: 1 }, rowId: null, substances: {}, fidelity: 'exact', objectives: ['value'] };
const names = ['robot', 'oven', 'balance'];
const spec = labSchema.parse({
  name: 'bench',
  instruments: Object.fromEntries(names.map((name) => [name, { adapter: 'problem' }])),
  positions: { shelf: {}, tray: {} },
});

const host: RecipeHost = {
  run: async (make) => {
    const cancel = new AbortController();
    const { lab } = make({ cancel: () => cancel.abort() });
    const clock = new VirtualClock();
    const lane = new VirtualLane(clock);
    const instruments = new Map(
      names.map((name) => [name, { id: `bench/${name}`, type: 'problem', adapter: lab.adapter }]),
    );
    const bench = {
      lane,
      clock,
      cancelled: cancel.signal,
      terms: { outcomes: ['value'], statedCost: null },
      lab: { spec, leases: new LabLeases(spec, clock), instruments },
      campaignId: 'c',
      wallTime: () => null,
    };
    let over = false;
    const trial = driveSteps(bench, 'c/r1/p1', { recipe: recipeSchema.parse(lawRecipe), request }).finally(() => {
      over = true;
      lane.notify();
    });
    await lane.until(() => over);
    return (await trial).observation;
  },
};

describeRecipeLife('in this process, in virtual time', host, { crashes: false });
