import type { DueMessage, Matter } from '../../activities/store/notice.js';
import { moment } from './matters.js';

/** A message as destinations have it. */
export interface MessageText {
  /** One line, for a phone. */
  readonly title: string;
  readonly text: string;
  /** As webhooks have it, by Standard Webhooks: type, timestamp, data. */
  readonly payload: unknown;
}

const heads = { begun: '', lasting: 'still: ', over: 'over: ' } as const;
/** Matters that are told in full; of the others it is said how many there are. */
const mostInFull = 10;
const longestTitle = 150;

/** What a message says: what, of which campaign or lab and trial, since when, and what answers it. */
export function messageText(
  { id, occasion, matters, at }: Pick<DueMessage, 'id' | 'occasion' | 'matters' | 'at'>,
  designs: boolean,
): MessageText {
  const [first] = matters;
  const more = matters.length === 1 ? '' : ` (and ${matters.length - 1} more)`;
  const title = `Athanor: ${heads[occasion]}${shortened(first?.text ?? '', longestTitle)}${more}`;
  const lines = matters.slice(0, mostInFull).flatMap((matter) => matterLines(matter, occasion, designs));
  const left = matters.length - mostInFull;
  return {
    title,
    text: [...lines, ...(left > 0 ? [`and ${left} more: athanor inbox`] : [])].join('\n'),
    payload: {
      type: `athanor.${first?.kind ?? 'test'}`,
      timestamp: new Date(at).toISOString(),
      data: {
        id,
        occasion,
        title,
        text: lines.join('\n'),
        matters: matters.map(({ about: _, momentary: __, designs: values, instructions, since, ...matter }) => ({
          ...matter,
          since: since === null ? null : new Date(since).toISOString(),
          ...(designs && Object.keys(values).length > 0 ? { designs: values } : {}),
          ...(designs && instructions !== undefined ? { instructions } : {}),
        })),
      },
    },
  };
}

function matterLines(
  { text, since, commands, designs: values, instructions = [], link }: Matter,
  occasion: DueMessage['occasion'],
  designs: boolean,
) {
  const from = since === null || text.includes(' since ') ? [] : [`  since ${moment(since)}`];
  if (occasion === 'over') return [`over: ${text}`, ...from];
  const told = designs
    ? Object.values(values).map(
        (design) =>
          `  ${Object.entries(design)
            .map(([name, value]) => `${name}=${value}`)
            .join(' ')}`,
      )
    : [];
  const asked = designs ? instructions.map((line) => `  ${line}`) : [];
  return [
    `${heads[occasion]}${text}`,
    ...from,
    ...told,
    ...asked,
    ...commands.map((command) => `  ${command}`),
    ...(link === undefined ? [] : [`  ${link}`]),
  ];
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${[...text].slice(0, most - 1).join('')}…`;
}

/** What is sent to try a destination. */
export function testMessage(id: string, at: number): MessageText {
  const title = 'Athanor: a test, nothing has happened';
  const text =
    'This is a test of where Athanor tells people what waits for them or stands still. Nothing has happened.';
  const data = { id, occasion: 'test', title, text, matters: [] };
  return { title, text, payload: { type: 'athanor.test', timestamp: new Date(at).toISOString(), data } };
}
