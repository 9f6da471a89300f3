import { resolve } from 'node:path';
import { Command } from 'commander';
import { insightOf } from '../../models/strategy/explain/insight.js';
import { whyProposed } from '../../models/strategy/explain/why.js';
import { grownRecord } from '../../models/strategy/growth.js';
import { insightLines, whyLines } from '../explain-lines.js';
import { checkOutputs, keepResult } from '../output-place.js';
import { renderExplanation } from '../report/explanation.js';
import { exitCodes } from './exit-codes.js';
import { computedFrom, recordOf } from './record-source.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';

/** `athanor explain ID [TRIAL]`: what was learned of the factors; why a trial was proposed, and what it was preferred to. */
export const explainCommand: Verb = (terminal, end) =>
  new Command('explain')
    .description(
      'say what a campaign has learned of its factors, or why a trial was proposed and what it was preferred to',
    )
    .argument('<campaign>', 'campaign id, or a record exported as JSON, or its folder')
    .argument('[trial]', 'trial id, as r12/p1')
    .option('-o, --output <file>', 'write it as an HTML page, with plots and molecules drawn')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `
Of a campaign: the importance of each factor by what predictions lose where it is shuffled and by the lengthscales of the
surrogates; what is expected along each factor, through the best trial; and each trial as all others predict it.
Of a trial: its reason, and the next best candidates at its time with their acquisition, computed again from its record.

Examples:
  athanor explain redox-mediator
  athanor explain redox-mediator r12/p1 -o why.html
  athanor explain runs/seed-1.json --json`,
    )
    .action(async (campaign: string, trial: string | undefined, options: { output?: string; json?: boolean }) => {
      const { output } = options;
      if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind: 'page' }]);
      const given = await recordOf(terminal, campaign);
      const { id } = given.campaign;
      const [insight, why] = await computedFrom(campaign, async () =>
        trial === undefined ? [await insightOf(given), null] : [null, await whyProposed(given, trial)],
      );
      const record = { ...given, ...(await grownRecord(given)) };
      if (output !== undefined) {
        const page = await renderExplanation(record, insight, why);
        const { file, asWanted } = await keepResult(resolve(output), page, terminal.note);
        await print(terminal, options.json, { campaign: id, page: file, insight, why }, () => file ?? '');
        if (!asWanted) end(exitCodes.badInput);
        return;
      }
      await print(terminal, options.json, { campaign: id, insight, why }, () => {
        if (why !== null) return whyLines(record.campaign, record.trials, why).join('\n');
        if (insight !== null) return insightLines(record.campaign, record.trials, insight).join('\n');
        return `${id}: nothing to explain yet: no surrogate was fitted by this version, or nothing was measured at the target`;
      });
    });
