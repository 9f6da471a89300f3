import type { ComponentChildren } from 'preact';
import { hindrance, type Me } from '../me.js';

interface Properties {
  /** Who may press it. */
  readonly needs: Me['role'];
  readonly isBusy: boolean;
  readonly kind?: 'main' | 'plain';
  readonly type?: 'button' | 'submit';
  readonly onPress?: () => void;
  readonly children: ComponentChildren;
}

/** A button that changes something: off, with the reason, where that may not be or where what is shown is old. */
export function ActButton({ needs, isBusy, kind = 'plain', type = 'button', onPress, children }: Properties) {
  const why = hindrance(needs);
  return (
    <button type={type} class={`act ${kind}`} disabled={why !== null || isBusy} title={why ?? ''} onClick={onPress}>
      {children}
    </button>
  );
}
