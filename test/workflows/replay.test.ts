import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { recordedHistories, replayFaults } from './histories.js';

describe('workflow code', () => {
  const recorded = recordedHistories();

  it('has histories to be tried on, each kind of workflow and end', () => {
    const names = recorded.map(({ name }) => name).join(' ');
    const loops = ['synchronous', 'asynchronous', 'aborted', 'trial', 'running', 'ruled'];
    const ofWeek = ['week-campaign', 'week-trial', 'week-instrument'];
    const recipes = [
      'recipe-undone-trial',
      'recipe-resolved-trial',
      'recipe-resolved-instrument',
      'recipe-aborted-trial',
    ];
    for (const kind of [...loops, ...ofWeek, ...recipes, 'finetuned']) expect(names).toContain(kind);
  });

  it.each(recorded)('still replays $name', async ({ named }) => {
    expect(await replayFaults([named])).toEqual([]);
  });

  it('would not replay a history that says otherwise', async () => {
    const { named } = recorded.find(({ name }) => name.includes('trial'))!;
    const scheduled = named.history.events!.find((event) => event.activityTaskScheduledEventAttributes);
    scheduled!.activityTaskScheduledEventAttributes!.activityType!.name = 'other';
    expect(await replayFaults([named])).toEqual([expect.stringMatching(/[Nn]ondeterminism/)]);
  });

  it('bundles without a warning, and without what has no place in a workflow', async () => {
    const said: string[] = [];
    const logger = new DefaultLogger('WARN', ({ message }) => said.push(message));
    const workflowsPath = fileURLToPath(new URL('../../dist/workflows/index.js', import.meta.url));
    const { code } = await bundleWorkflowCode({ workflowsPath, logger });
    expect(said).toEqual([]);
    for (const intruder of ['zod', 'pg', 'onnxruntime', 'ml-matrix'])
      expect(code).not.toContain(`node_modules/${intruder}/`);
    // The project's own part is the workflows, what trials are worth and the words of rulings: all else are types there.
    const own = [...new Set([...code.matchAll(/"\.\/dist\/([\w/-]+)\.js"/g)].map((match) => match[1]!))];
    expect(own.filter((name) => !name.startsWith('workflows/'))).toEqual([
      'models/domain/merit',
      'models/domain/standing',
      'models/domain/step-name',
      'models/domain/verdicts',
    ]);
    expect(own.length).toBeGreaterThan(5);
  });

  it('is what the build has put in the package', () => {
    const built = readFileSync(fileURLToPath(new URL('../../dist/workflows/bundle.js', import.meta.url)), 'utf8');
    expect(built).toContain('campaignWorkflow');
    expect(built).toContain('trialWorkflow');
  });
});
