import { Markup } from './html.js';
import { plotStyle } from './plot-style.js';

/** The page's style sheet: light and dark, screen and paper. Colours after Okabe and Ito, which all eyes can tell apart. */
export const style = new Markup(`
:root { color-scheme: light dark; --text: #1a1d21; --faint: #5c6670; --line: #d5dae0; --page: #ffffff; --card: #f5f7f9;
  --accent: #0b6e4f; --bad: #a3200d; }
@media (prefers-color-scheme: dark) { :root { --text: #e8eaed; --faint: #a2abb5; --line: #3a424b; --page: #14171a;
  --card: #1d2226; --accent: #5fd3a8; --bad: #ff9c8a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 68rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; }
.lead { font-size: 1.1rem; } .note, .empty, small { color: var(--faint); } code, pre { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .86em; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.4rem, 1fr)); gap: .75rem; padding: 0; margin: 1.2rem 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
.facts dt { color: var(--faint); font-size: .85rem; } .facts dd { margin: 0; font-size: 1.15rem; font-weight: 600; overflow-wrap: anywhere; }
.winner { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; }
${plotStyle.text}
th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid var(--accent); } th[aria-sort=ascending] button::after { content: ' ▲'; } th[aria-sort=descending] button::after { content: ' ▼'; }
#words dt { font-weight: 600; } #words dd { margin: 0 0 .5rem; color: var(--faint); } details p { margin: .4rem 0; } .steps { min-width: 13rem; margin: .4rem 0; padding-left: 1.2rem; font-size: .93em; } td pre { white-space: pre-wrap; overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .provenance td { overflow-wrap: anywhere; } table { border-collapse: collapse; width: 100%; font-size: .9rem; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
thead th { color: var(--faint); font-weight: 600; } tbody th { font-weight: 400; white-space: nowrap; } .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.best-row { background: var(--card); outline: 2px solid var(--accent); outline-offset: -2px; } .failed td, .quarantined td { color: var(--bad); } .withdrawn, .cancelled { color: var(--faint); }
.why { min-width: 13rem; color: var(--faint); font-size: .93em; } .level { white-space: nowrap; } .level svg { vertical-align: -2px; } .pair { white-space: nowrap; margin-right: .6em; }
.molecule { display: block; background: #fff; border-radius: .35rem; border: 1px solid var(--line); }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .8rem; overflow-x: auto; } summary { cursor: pointer; }
@media print { :root { --text: #000; --faint: #444; --line: #bbb; --page: #fff; --card: #fff; --accent: #0b6e4f; --bad: #a3200d; --c0: #0072b2; --c1: #d55e00; --c2: #00785a; --c3: #a8447f; --c4: #9a6b00; --c5: #3b7ea8; }
  body { max-width: none; padding: 0; font-size: 11pt; } .wide { overflow: visible; } tr, figure, .plot { break-inside: avoid; } thead { display: table-header-group; } h2 { break-after: avoid; } pre { white-space: pre-wrap; } }
`);
