import { type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { NoAnswer, newKey, Refused, send } from './api.js';
import { lastDone } from './me.js';
import { hourText } from './words.js';

/** Where an act stands, and why it was not done. */
export interface ActState {
  readonly isBusy: boolean;
  readonly error: Error | null;
}

/** An act that a person sends. */
export interface Act {
  readonly state: Signal<ActState>;
  /** @returns whether it was done @param done - what was done, in words */
  run(body: unknown, done: string): Promise<boolean>;
}

const triesAtWork = 10;

/**
 * Sends acts to an address, each once: what is sent again unchanged, by a double click or because no answer came, has the same key.
 *
 * @param path - below the API
 * @param onDone - told the answer
 */
export function useAct(path: string, onDone: (answer: unknown) => void = () => undefined): Act {
  const state = useSignal<ActState>({ isBusy: false, error: null });
  const sent = useRef({ text: '', key: '' });
  const run = async (body: unknown, done: string) => {
    if (state.value.isBusy) return false;
    state.value = { isBusy: true, error: null };
    const text = path + JSON.stringify(body);
    if (sent.current.text !== text) sent.current = { text, key: newKey() };
    try {
      onDone(await answered(path, body, sent.current.key));
      sent.current = { text: '', key: '' };
      state.value = { isBusy: false, error: null };
      lastDone.value = `${hourText(Date.now())} ${done}`;
      return true;
    } catch (error) {
      // What was refused is refused again by the same key; what got no answer is asked for again by it.
      if (!(error instanceof NoAnswer)) sent.current = { text: '', key: '' };
      state.value = { isBusy: false, error: error as Error };
      return false;
    }
  };
  return { state, run };
}

async function answered(path: string, body: unknown, key: string): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      return await send<unknown>(path, body, key);
    } catch (error) {
      const isAtWork = error instanceof Refused && error.problem.code === 'IN_PROGRESS';
      if (!isAtWork || tries === triesAtWork) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}
