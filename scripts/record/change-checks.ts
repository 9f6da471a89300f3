import { type Changed, changesOf, type InForce } from '../../models/domain/change.js';
import type { Fault } from '../../models/domain/fault.js';
import type { Basis } from '../../models/domain/proposal.js';
import type { CampaignRecord } from '../../models/domain/record.js';

/**
 * What people changed has to follow one from another, and every proposal has to be made with what was in force in its round.
 * A record with changes of which a version did not tell what was in force is not looked at.
 */
export function* changeFaults({ campaign, trials, audit }: CampaignRecord): Generator<Pick<Fault, 'path' | 'message'>> {
  const changes = changesOf(audit);
  if (changes.some(({ told }) => told === null)) return;
  const { spec } = campaign;
  // A planner's rounds keep to what it was made with, of which nobody wrote anything down.
  const wasFixed = ({ fixed }: Basis) => (changes.length === 0 ? undefined : fixed);
  const wasSaid = ({ contexts }: Basis) => (changes.length === 0 ? undefined : contexts?.said);
  const { cost = null, trials: most = null } = spec.budget;
  const ofFile: Decisive = { budget: { cost, trials: most }, stop: spec.stop };
  let before: Decisive = ofFile;
  for (const { n, told } of changes) {
    const { was, is, sinceRound } = told!;
    if (textOf(was) !== textOf(before))
      yield { path: `audit.change[${n}].was`, message: 'not what was in force before it' };
    if (sinceRound < (changes[n - 2]?.told?.sinceRound ?? 1))
      yield { path: `audit.change[${n}].sinceRound`, message: `${sinceRound}, before that of the change before it` };
    before = is;
  }
  for (const [i, { proposal }] of trials.entries()) {
    const { round, basis } = proposal;
    if (basis.person !== undefined) continue;
    const ruled = { budget: basis.budget ?? ofFile.budget, stop: basis.stop ?? ofFile.stop };
    const used = { ...ruled, fixed: wasFixed(basis), contexts: wasSaid(basis) };
    // A round whose workflow was lost while it was decided is decided anew, with what was changed meanwhile.
    const may = [round, round + 1].map((at) => textOf(inForceAt(changes, at) ?? ofFile));
    if (!may.includes(textOf(used)))
      yield {
        path: `trials[${i}].proposal.basis`,
        message: `not the budget, stop rules, contexts and fixed parameters in force in round ${round}`,
      };
  }
}

/** What decisions go by. */
type Decisive = { readonly budget: Omit<InForce['budget'], 'wallClockMs'> } & Pick<
  InForce,
  'stop' | 'fixed' | 'contexts'
>;

function inForceAt(changes: readonly Changed[], round: number): InForce | undefined {
  return changes.findLast(({ told }) => told!.sinceRound <= round)?.told?.is;
}

function textOf({ budget: { cost, trials }, stop, fixed = {}, contexts = {} }: Decisive): string {
  const rules = stop.map(({ type, ...rule }) => [type, Object.entries(rule).sort()]);
  const said = Object.entries(contexts).map(([name, { value, sinceRound }]) => [name, value, sinceRound]);
  return JSON.stringify([cost, trials, rules, Object.entries(fixed).sort(), said.sort()]);
}
