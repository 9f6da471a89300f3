import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  type CampaignSpec,
  campaignJsonSchema,
  campaignSchema,
  targetFidelity,
} from '../../../models/domain/campaign.js';
import { judgedAt } from '../../../models/domain/standing.js';
import type { Observation } from '../../../models/domain/trial.js';

const root = new URL('../../../', import.meta.url);
const fileIn = (path: string) => readFileSync(new URL(path, root), 'utf8');
const examples = readdirSync(new URL('examples/', root), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('campaign.yaml') && !name.includes('node_modules'))
  .map((name) => `examples/${name}`)
  .concat(['test/fixtures/campaigns/good/everything.yaml', 'test/fixtures/campaigns/good/pool.yaml']);

const minimal = {
  name: 'c',
  space: { parameters: [{ name: 'x', type: 'continuous', bounds: [0, 1] }] },
  objectives: [{ name: 'y', direction: 'maximise' }],
  fidelities: [
    { name: 'low', adapter: 'problem', cost: 1 },
    { name: 'high', adapter: 'problem', cost: 2 },
  ],
  budget: { trials: 3 },
};

describe('the schema of the campaign file', () => {
  test('fills in what may be left out', () => {
    expect(campaignSchema.parse(minimal)).toEqual({
      ...minimal,
      seed: 1,
      adapters: [],
      fidelities: minimal.fidelities.map((fidelity) => ({ ...fidelity, settings: {} })),
      strategy: 'default',
      stop: [],
      parallel: 1,
      synchronous: false,
      maxConsecutiveFailures: 10,
    });
  });

  test('reads its own output again, unchanged', () => {
    const once = campaignSchema.parse({ ...minimal, strategy: { initial: { rows: ['a', 3] } } });
    expect(once.strategy).toEqual({ initial: { rows: ['a', '3'] } });
    expect(campaignSchema.parse(once)).toEqual(once);
    expect(campaignSchema.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  });

  test('takes everything that the design names', () => {
    const whole = {
      ...minimal,
      space: {
        parameters: [
          ...minimal.space.parameters,
          { name: 'blend', type: 'composition', components: ['A', 'B', 'C'], total: 1 },
        ],
        constraints: [
          { type: 'linear', terms: { x: 1 }, max: 200 },
          { type: 'exclude', when: { ligand: 'XPhos', x: { above: 100 } } },
        ],
      },
      objectives: [{ name: 'gap', direction: 'target', value: 1.4, tolerance: 0.1, unit: 'eV' }],
      budget: { cost: 400, trials: 60, wallClock: '6h' },
      stop: [
        { type: 'targetReached', value: 5.2 },
        { type: 'noImprovement', rounds: 15 },
        { type: 'regretBound', epsilon: 0.01, probability: 0.95 },
      ],
      approval: [
        { fidelity: ['high'], first: 3, timeout: '12h', otherwise: 'reject' },
        { costAbove: 20 },
        { noveltyAbove: 0.3, timeout: '1d', otherwise: 'approve' },
      ],
      replicates: { atTarget: 1, whenDisagreeing: 3 },
    };
    expect(campaignSchema.safeParse(whole).error?.issues).toBeUndefined();
  });

  test.each([
    ['an unknown key', { surprise: 1 }],
    ['a seed that is not whole', { seed: 1.5 }],
    ['a seed beyond 32 bits', { seed: 2 ** 32 }],
    ['more than 500 at a time', { parallel: 501 }],
    ['a cost of 0', { fidelities: [{ name: 'a', adapter: 'b', cost: 0 }] }],
    ['a wall clock without a unit', { budget: { wallClock: '6' } }],
    ['no objective', { objectives: [] }],
  ])('refuses %s', (_, changed) => {
    expect(campaignSchema.safeParse({ ...minimal, ...changed }).success).toBe(false);
  });
});

describe('the JSON Schema', () => {
  const schema = campaignJsonSchema() as {
    properties: Record<string, object>;
    required: string[];
    additionalProperties: boolean;
  };

  test('knows every key, requires what has no default, and allows no other', () => {
    expect(Object.keys(schema.properties)).toEqual(Object.keys(campaignSchema.shape));
    expect(schema.required.sort()).toEqual(['budget', 'fidelities', 'name', 'objectives', 'space']);
    expect(schema.additionalProperties).toBe(false);
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
  });

  test('judges campaign files as the schema does', async ({ skip }) => {
    // Not a dependency of ours: it comes with the workflow bundler, and may go with it.
    const ajv = await import('ajv/dist/2020.js').catch(() => null);
    if (ajv === null) return skip('ajv is not installed');
    expect(examples.length).toBeGreaterThanOrEqual(5);
    const valid = new ajv.Ajv2020({ strict: false }).compile(schema);
    for (const file of examples) expect([file, valid(parse(fileIn(file))), valid.errors]).toEqual([file, true, null]);
    for (const file of ['bounds', 'unknown-keys', 'cost', 'nothing'])
      expect([file, valid(parse(fileIn(`test/fixtures/campaigns/wrong/${file}.yaml`)))]).toEqual([file, false]);
  });
});

describe('losses', () => {
  const observation = (outcome: Observation['outcome'], values: Record<string, number>): Observation => ({
    trialId: 'c/r1/p1',
    outcome,
    values,
    noise: {},
    cost: 1,
    durationMs: 0,
    cause: null,
    artefacts: {},
    details: {},
  });
  const spec = campaignSchema.parse(minimal);
  const down = campaignSchema.parse({ ...minimal, objectives: [{ name: 'y', direction: 'minimise' }] });

  test('turn a maximised objective around, once', () => {
    const losses = (given: CampaignSpec) => judgedAt(given, 'high', observation('measured', { y: 4 }))!.losses;
    expect([losses(spec), losses(down)]).toEqual([[-4], [4]]);
  });

  test('are known at the target fidelity and for measured trials only', () => {
    expect(targetFidelity(spec).name).toBe('high');
    expect(judgedAt(spec, 'low', observation('measured', { y: 4 }))).toBeNull();
    for (const outcome of ['failed', 'quarantined', 'cancelled'] as const)
      expect(judgedAt(spec, 'high', observation(outcome, {}))).toBeNull();
  });
});
