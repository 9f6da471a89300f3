import { describe, expect, test } from 'vitest';
import { instrumentsFor, labJsonSchema, labSchema } from '../../../models/domain/lab.js';

const minimal = { name: 'bench', instruments: { oven: { adapter: 'command' } } };
const lab = (instrument: object, more: object = {}) => ({
  ...minimal,
  instruments: { oven: { adapter: 'command', ...instrument } },
  ...more,
});

describe('the schema of the lab file', () => {
  test('fills in what may be left out, and reads its own output again', () => {
    const parsed = labSchema.parse(minimal);
    expect(parsed).toEqual({
      name: 'bench',
      adapters: [],
      instruments: { oven: { adapter: 'command', settings: {}, can: [], slots: 1, uses: {}, maintenance: [] } },
      stock: {},
      positions: {},
    });
    expect(labSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
  });

  test('takes everything', () => {
    const whole = lab(
      {
        settings: { command: ['heat'] },
        can: ['anneal'],
        slots: 4,
        uses: { argon: 0.5 },
        takes: '90min',
        worker: 'lab-pc',
        maintenance: [
          { from: '2026-12-01T08:00:00+01:00', until: '2026-12-01T12:00:00+01:00', why: 'new thermocouple' },
          { every: ['mon', 'thu'], from: '22:00', until: '06:00', zone: 'Europe/Berlin' },
          { every: 'day', from: '12:00', until: '13:00', zone: 'UTC' },
        ],
      },
      {
        description: 'd',
        adapters: ['./own.js'],
        stock: { argon: { unit: 'L', amount: 50, warnBelow: 10, at: 'oven' } },
        positions: { shelf: { slots: 12 } },
      },
    );
    expect(labSchema.safeParse(whole).error?.issues).toBeUndefined();
  });

  test.each([
    ['no instrument', { ...minimal, instruments: {} }],
    ['a name with a slash', { ...minimal, instruments: { 'a/b': { adapter: 'command' } } }],
    ['an unknown key', lab({ colour: 'red' })],
    ['no slot', lab({ slots: 0 })],
    [
      'a window that ends before it begins',
      lab({ maintenance: [{ from: '2026-12-01T08:00:00Z', until: '2026-12-01T07:00:00Z' }] }),
    ],
    ['a moment without offset', lab({ maintenance: [{ from: '2026-12-01T08:00:00', until: '2026-12-01T09:00:00Z' }] })],
    [
      'an unknown time zone',
      lab({ maintenance: [{ every: 'day', from: '08:00', until: '09:00', zone: 'Europe/Atlantis' }] }),
    ],
    ['an unknown day', lab({ maintenance: [{ every: ['friday'], from: '08:00', until: '09:00', zone: 'UTC' }] })],
    ['25 o’clock', lab({ maintenance: [{ every: 'day', from: '25:00', until: '09:00', zone: 'UTC' }] })],
    ['less than nothing in stock', { ...minimal, stock: { acid: { unit: 'mL', amount: -1 } } }],
  ])('refuses %s', (_, wrong) => {
    expect(labSchema.safeParse(wrong).success).toBe(false);
  });

  test('is told to editors', () => {
    const schema = labJsonSchema() as { properties: object; required: string[] };
    expect(Object.keys(schema.properties)).toEqual(Object.keys(labSchema.shape));
    expect(schema.required).toEqual(['name', 'instruments']);
  });
});

test('a step names an instrument, or what several can do', () => {
  const { instruments } = labSchema.parse({
    name: 'bench',
    instruments: {
      second: { adapter: 'command', can: ['anneal'] },
      first: { adapter: 'command', can: ['anneal', 'weigh'] },
    },
  });
  expect(instrumentsFor({ instruments }, 'first')).toEqual(['first']);
  expect(instrumentsFor({ instruments }, 'anneal')).toEqual(['second', 'first']);
  expect(instrumentsFor({ instruments }, 'toString')).toEqual([]);
});
