import type { ComponentChildren } from 'preact';
import { halfMinutes } from './clock.js';
import { freshness, heardAt } from './live.js';
import { me } from './me.js';
import { place } from './place.js';
import { hourText, spanText } from './words.js';

/** What leads to the views. */
export interface Link {
  readonly href: string;
  readonly words: string;
  /** How many things are there to be seen to. */
  readonly count?: number;
}

/** On every view: how fresh it is, who looks, and the way to the others. */
export function Header({
  links,
  children,
}: {
  readonly links: readonly Link[];
  readonly children?: ComponentChildren;
}) {
  return (
    <>
      <header class="top">
        <a class="name" href="/">
          Athanor
        </a>
        <Freshness />
        <nav aria-label="Views" class="views">
          {links.map(({ href, words, count = 0 }) => (
            <a key={href} href={href} {...(place.value.path === href ? { 'aria-current': 'page' as const } : {})}>
              {words}
              {count > 0 ? <span class="count"> ({count})</span> : null}
            </a>
          ))}
        </nav>
        {me.value === null ? null : (
          <span class="who">
            {me.value.who} · {me.value.role}
          </span>
        )}
        {children}
      </header>
      <Silence />
    </>
  );
}

function Freshness() {
  halfMinutes.value;
  const at = heardAt.value;
  const [shape, words] = {
    starting: ['○', 'connecting'],
    live: ['●', 'live'],
    stale: ['▲', 'no data'],
  }[freshness.value] as [string, string];
  return (
    <span class={`fresh ${freshness.value}`}>
      <span aria-hidden="true">{shape}</span> {words}
      {at === null ? null : (
        <span class="clock"> {new Date(at).toLocaleTimeString([], { hour12: false, timeZoneName: 'short' })}</span>
      )}
    </span>
  );
}

/** Says at the head of the page that what it shows is old. */
function Silence() {
  halfMinutes.value;
  if (freshness.value !== 'stale') return null;
  const at = heardAt.value;
  return (
    <p class="silence" role="alert">
      {at === null
        ? 'The server does not answer.'
        : `No data since ${hourText(at)} (${spanText(Date.now() - at)}): what you see is old.`}{' '}
      Acts are off until the server is heard again.
    </p>
  );
}
