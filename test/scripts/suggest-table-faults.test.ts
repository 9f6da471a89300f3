import { expect, it } from 'vitest';
import { InvalidInputError } from '../../models/domain/errors.js';
import { parseResults } from '../../scripts/suggest/results-table.js';
import { someCampaign } from '../support/campaigns.js';

const campaign = someCampaign({
  objectives: [{ name: 'yield', direction: 'maximise' }],
  fidelities: [{ name: 'bench', adapter: 'by-hand', cost: 1 }],
  budget: { trials: 9 },
});

async function faultsOf(text: string): Promise<readonly string[]> {
  const error: unknown = await parseResults(campaign, { file: 'r.csv', text }).then(
    () => null,
    (reason) => reason,
  );
  if (error === null) return [];
  expect(error).toBeInstanceOf(InvalidInputError);
  return (error as InvalidInputError).faults.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

it('names what keeps a text from being a number, for parameters as for the objective', async () => {
  const comma = 'with a comma, which may stand for a decimal point or for thousands';
  expect(await faultsOf('x,y,yield\n"0,5","1,5","53,7"\n#REF!,2 %,12:30\n')).toEqual([
    `2 yield: '53,7' is not a number: ${comma}`,
    `2 x: '0,5' given, ${comma}`,
    `2 y: '1,5' given, ${comma}`,
    expect.stringContaining("3 yield: '12:30' is not a number: a time"),
    "3 x: '#REF!' given, an error of a formula, no value",
    expect.stringContaining("3 y: '2 %' given, with a percent sign"),
  ]);
});

it('names the odd decimal sign of a file, and not the others', async () => {
  const commas = 'x;y;yield\n0,5;1,5;53,7\n0,25;1,1;12.5\n0,75;-1,5;1.250\n0,1;0;60\n';
  const why = 'is not a number: with a decimal point, but this file has decimal commas, as in line 2: 0,5';
  expect(await faultsOf(commas)).toEqual([`3 yield: '12.5' ${why}`, `4 yield: '1.250' ${why}`]);
  expect(await faultsOf(commas.replaceAll(/12.5|1.250/g, '61'))).toEqual([]);
  const points = 'x;y;yield\n0.5;1.5;53.7\n0.25;1,5;12.5\n0.75;-1.5;7\n';
  expect(await faultsOf(points)).toEqual([
    "3 y: '1,5' given, with a decimal comma, but this file has decimal points, as in line 2: 0.5",
  ]);
});
