import { signal } from '@preact/signals';

/** Where the page is: what it shows stands in its address. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

/** The address that is shown. */
export const place = signal<Place>({ path: '/', query: new URLSearchParams() });

/** Follows the address, links within the page and the browser's own buttons. */
export function startPlace(): void {
  place.value = here();
  addEventListener('popstate', () => {
    place.value = here();
  });
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.('a[href^="/"]');
    const isPlain = !(event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey);
    if (link === null || link === undefined || !isPlain || link.hasAttribute('download')) return;
    const href = link.getAttribute('href')!;
    if (href.startsWith('/api/') || href.startsWith('/login')) return;
    event.preventDefault();
    go(href);
    scrollTo(0, 0);
  });
}

/** Shows another address. @param how - `replace` where the browser is not to come back to the one before */
export function go(href: string, how: 'push' | 'replace' = 'push'): void {
  if (how === 'push') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  place.value = here();
}
/** The address shown, with some of its query changed; null takes a name out. */
export function withQuery(changes: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(place.value.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return place.value.path + (text === '' ? '' : `?${text}`);
}
