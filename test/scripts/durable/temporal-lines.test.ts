import { describe, expect, it } from 'vitest';
import { temporalLines } from '../../../scripts/durable/temporal-lines.js';

describe("Temporal's own lines", () => {
  it('say once that the server does not answer, and again when it has answered in between', () => {
    const said: string[] = [];
    let now = 0;
    const pass = temporalLines(
      (line) => said.push(line),
      () => now,
    );
    const retry = (message: string) => pass({ level: 'WARN', message: `gRPC call ${message} times` });
    for (; now < 600_000; now += 400) retry(`poll_activity_task_queue retried ${now / 400}`);
    expect(said).toEqual(['Temporal does not answer; waiting until it does']);
    now += 61_000;
    retry('poll_workflow_task_queue retried 5');
    expect(said).toHaveLength(2);
  });

  it('are passed on with what they are about, but for those that mean nothing', () => {
    const said: string[] = [];
    const pass = temporalLines((line) => said.push(line));
    pass({ level: 'WARN', message: 'No workflows registered, not polling' });
    pass({ level: 'WARN', message: '[TMPRL1104] 0a:12:3 Workflow task duration exceeded 5 seconds.' });
    pass({
      level: 'WARN',
      message: 'Activity failed',
      meta: { workflowId: 'c', activityType: 'propose', error: new Error('no') },
    });
    pass({ level: 'ERROR', message: 'gRPC connection lost' });
    expect(said).toEqual(['warn: c, propose: Activity failed: no', 'error: gRPC connection lost']);
  });
});
