import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadCampaign, Planner } from 'athanor';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
// The first column of the table is the row id, the last one what a measurement would give.
const lines = (await readFile(here('reactions.csv'), 'utf8')).trim().split('\n').slice(1);
const yields = new Map(lines.map((line) => line.split(',')).map((cells) => [cells[0], Number(cells.at(-1))]));

const planner = new Planner(await loadCampaign(here('campaign.yaml')));
let best = Number.NEGATIVE_INFINITY;
for (let trial = 1; trial <= 30; trial++) {
  const [proposal] = (await planner.ask()).proposals;
  const value = yields.get(proposal.rowId);
  planner.tell([{ ...proposal, value }]);
  best = Math.max(best, value);
  console.log(`${trial} ${proposal.rowId}: ${value} %, best ${best} % (${proposal.reason.text})`);
}
console.log(`best ${best} % of ${Math.max(...yields.values())} %`);
