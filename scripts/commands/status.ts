import { Command } from 'commander';
import type { CampaignRecord } from '../../models/domain/record.js';
import { type Redact, redactorOf } from '../../models/domain/redaction.js';
import type { Observation } from '../../models/domain/trial.js';
import { recordedArtefacts } from '../../models/strategy/artefacts.js';
import { durationsOf } from '../../models/strategy/explain/durations.js';
import { outliersOf } from '../../models/strategy/explain/outliers.js';
import { changeLine, inForceLine } from '../change-lines.js';
import { readConfig } from '../config.js';
import type { CampaignReport } from '../durable/course.js';
import { learnedOf } from '../learned.js';
import { notifyTroubles } from '../notify/notify-state.js';
import { outlierLines } from '../outlier-lines.js';
import { passedOver } from '../passed-over.js';
import { againLine, failureLines, progressBlock } from '../progress.js';
import { recommendationOf, recommendationText } from '../recommendation.js';
import { rulingLine } from '../ruling-line.js';
import { tradeOffsOf } from '../trade-offs.js';
import { versionLines } from '../version-lines.js';
import { print } from './terminal.js';
import type { Verb } from './verb.js';
import { withControl } from './with-control.js';

/** `athanor status ID`: where a campaign stands. */
export const statusCommand: Verb = (terminal) =>
  new Command('status')
    .description('say where a campaign stands: best, cost, trials in flight, what it waits for')
    .argument('<id>', 'campaign id')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  athanor status redox-mediator')
    .action(async (id: string, options: { json?: boolean }) => {
      await withControl(terminal, async (control) => {
        const report = withoutSecrets(await control.status(id), redactorOf(terminal.environment));
        const record = await control.record(id);
        const { campaign } = record;
        const durations = durationsOf(campaign.spec.fidelities, record.trials);
        const tradeOffs = tradeOffsOf(campaign.spec, record.trials);
        const passed = passedOver(campaign.spec, record.trials);
        const recommendation = await recommendationOf(record);
        const learned = options.json === true ? await learnedOf(record) : null;
        const outliers = await outliersOf(campaign, record.trials, [], recordedArtefacts(record));
        const people = await control.inForce(id);
        const { home } = readConfig(terminal.environment);
        const untold = await notifyTroubles(home, terminal.environment, await control.destinations());
        await print(
          terminal,
          options.json,
          { ...report, ...people, recommendation, learned, tradeOffs, passedOver: passed, outliers, untold },
          () => {
            const lines = [...progressBlock(campaign, report, report.endedAt ?? Date.now(), durations, record.trials)];
            lines.push(...failureLines(record.trials).map((line) => `  failed   ${line}`));
            if (people.changes.length > 0) lines.push(`  in force ${inForceLine(people.inForce)}`);
            lines.push(...people.changes.map((change) => `  changed  ${changeLine(change)}`));
            for (const { proposal, rulings = [] } of record.trials)
              lines.push(...rulings.map((ruling) => `  ruled    ${proposal.id} ${rulingLine(ruling)}`));
            for (const trial of report.unresolved)
              lines.push(
                `  unknown  ${trial}: nobody can tell what became of its job; athanor resolve ${trial} --help`,
              );
            lines.push(...versionLines(record).map((line) => `  encoder  ${line}`));
            lines.push(...lateLines(record).map((line) => `  late     ${line}`));
            const again =
              report.stop === null ? null : againLine({ spec: campaign.spec, stop: report.stop }, record.trials);
            if (again !== null) lines.push(`  lost     ${again}`);
            if (recommendation !== null) lines.push(`  recommended  ${recommendationText(campaign, recommendation)}`);
            for (const line of outlierLines(campaign, outliers, record.trials)) lines.push(`  ${line}`);
            lines.push(...untold.map((line) => `  notify   ${line}`));
            const course = `  Temporal  ${report.course.workflow}`;
            return [...lines, ...(report.stop === null ? [course] : [`  stopped  ${report.stop.text}`])].join('\n');
          },
        );
      });
    });

/** What servers and workers said of their troubles may name addresses. */
function withoutSecrets(report: CampaignReport, redact: Redact): CampaignReport {
  const { problem, course } = report;
  const retrying = course.retrying.map((one) => ({ ...one, message: redact(one.message) }));
  return { ...report, problem: problem === null ? null : redact(problem), course: { ...course, retrying } };
}

/** Measurements that came after their trials had been given up: they count once a person says so. */
function lateLines({ audit }: CampaignRecord): string[] {
  return audit.flatMap(({ action, details }) => {
    if (action !== 'late') return [];
    const { trialId, observation } = details as { trialId: string; observation: Observation };
    const values = Object.entries(observation.values).map(([name, value]) => `${name}=${value}`);
    return [
      `${trialId} gave ${values.join(', ')} after it was given up; athanor amend ${trialId} ${values[0]} --why TEXT`,
    ];
  });
}
