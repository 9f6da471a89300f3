import type { Problem } from '../scripts/serve/problem.js';
import { serverNow } from './clock.js';

/** How long an answer is waited for, milliseconds; an act that reaches the server later is not done any more. */
const patienceMs = 15_000;
/** How long something that is read is waited for. */
const readingMs = 60_000;
const base = '/api/v1';

/** That the server does not do something, and why. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** That no answer came: for an act it is not known whether it was taken. */
export class NoAnswer extends Error {
  constructor() {
    super('the server did not answer');
  }
}

/** Reads something. @throws {Refused | NoAnswer} */
export function read<T>(path: string): Promise<T> {
  return answerOf<T>(path, {}, readingMs);
}

/**
 * Sends an act. The same key with the same body is done once, however often it is sent.
 * @throws {Refused | NoAnswer}
 */
export function send<T>(path: string, body: unknown, key: string): Promise<T> {
  const init = {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Idempotency-Key': key,
      'Athanor-Until': String(Math.round(serverNow() + patienceMs)),
    },
    body: JSON.stringify(body),
  };
  return answerOf<T>(path, init, patienceMs);
}

/** A key that no other act has. */
export function newKey(): string {
  // randomUUID is kept from pages that come over plain HTTP from another machine.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function answerOf<T>(path: string, init: RequestInit, waitMs: number): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(base + path, { ...init, signal: AbortSignal.timeout(waitMs), cache: 'no-store' });
    text = await response.text();
  } catch {
    throw new NoAnswer();
  }
  if (response.ok) return JSON.parse(text) as T;
  const isProblem = /json/.test(response.headers.get('Content-Type') ?? '');
  throw isProblem ? new Refused(JSON.parse(text) as Problem) : new NoAnswer();
}
