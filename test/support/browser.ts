import { access } from 'node:fs/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is; null where there is none, which is said once. */
export async function findChromium(): Promise<string | null> {
  for (const place of places) {
    if (place === undefined) continue;
    const found = await access(place).then(
      () => true,
      () => false,
    );
    if (found) return place;
  }
  console.warn('skipped: the page in a browser, as there is no Chromium (apt-get install chromium, or set CHROMIUM)');
  return null;
}

/** Starts a Chromium that asks nobody but the pages it is shown. */
export function startChromium(program: string): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
    ],
  });
}

/** What pages of a context said and asked that they should not have. */
export interface Watched {
  /** Errors of scripts, and what the browser complained of. */
  readonly complaints: string[];
  /** Addresses of other hosts; none of them is reached. */
  readonly foreign: string[];
}

/** Watches all pages of a context, and keeps them from every host but one. */
export async function watch(context: BrowserContext, origin: string): Promise<Watched> {
  const watched: Watched = { complaints: [], foreign: [] };
  await context.route(
    (url) => url.origin !== origin && url.protocol !== 'data:',
    (route) => {
      watched.foreign.push(route.request().url());
      return route.abort();
    },
  );
  context.on('page', (page) => listen(page, watched));
  return watched;
}

function listen(page: Page, { complaints }: Watched): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
}
