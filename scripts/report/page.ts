import { version } from '../version.js';
import { html, Markup } from './html.js';
import { sortScript, sortScriptHash } from './sort-script.js';
import { style } from './style.js';

/** A page that needs nothing else, no network: what is in its body, with our style and the script that sorts tables. */
export function pageOf(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${sortScriptHash}'">
<meta name="generator" content="athanor ${version()}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
<script>${new Markup(sortScript)}</script>
</body>
</html>
`.text;
}
