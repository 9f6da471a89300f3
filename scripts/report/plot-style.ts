import { Markup } from './html.js';

/** The style of figures, in reports and on the page, for light and dark. Colours after Okabe and Ito, which all eyes can tell apart. */
export const plotStyle =
  new Markup(`:root { --c0: #0072b2; --c1: #d55e00; --c2: #00785a; --c3: #a8447f; --c4: #9a6b00; --c5: #3b7ea8; }
@media (prefers-color-scheme: dark) { :root { --c0: #56b4e9; --c1: #f28e4c; --c2: #4fc9a4; --c3: #e39ac4; --c4: #e9b949; --c5: #9bd0f0; } }
.plot { width: 100%; height: auto; display: block; font-size: 12px; } .plot text { fill: var(--text); }
.axis .title { fill: var(--faint); font-size: 13px; } .grid { stroke: var(--line); stroke-width: .7; } .frame { fill: none; stroke: var(--faint); }
.best { fill: none; stroke: var(--accent); stroke-width: 2.2; } .identity { stroke: var(--faint); stroke-dasharray: 4 4; }
.curve { fill: none; stroke-width: 2.2; } .course0 { stroke: var(--c0); } .course1 { stroke: var(--c1); stroke-dasharray: 8 3; } .course2 { stroke: var(--c2); stroke-dasharray: 3 3; } .course3 { stroke: var(--c3); stroke-dasharray: 10 3 2 3; } .course4 { stroke: var(--c4); stroke-dasharray: 1 3; } .course5 { stroke: var(--c5); stroke-dasharray: 14 4; }
.band { opacity: .18; } .threshold th { color: var(--text); font-weight: 600; } .bar { stroke-width: 1; opacity: .55; } path.many { stroke-width: 4; } path.bar.many { stroke-width: 1; } path.many.level0 { stroke: var(--c0); } path.many.level1 { stroke: var(--c1); } path.many.level2 { stroke: var(--c2); } path.many.level3 { stroke: var(--c3); } path.many.level4 { stroke: var(--c4); } path.many.level5 { stroke: var(--c5); }
.mark { stroke: var(--page); stroke-width: .6; }
.level0 { fill: var(--c0); } .level1 { fill: var(--c1); } .level2 { fill: var(--c2); } .level3 { fill: var(--c3); } .level4 { fill: var(--c4); } .level5 { fill: var(--c5); }
line.level0 { stroke: var(--c0); } line.level1 { stroke: var(--c1); } line.level2 { stroke: var(--c2); } line.level3 { stroke: var(--c3); } line.level4 { stroke: var(--c4); } line.level5 { stroke: var(--c5); }
.multiples { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 1rem; } figure { margin: 0; max-width: 30rem; } figcaption { font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; margin: .3rem 0; font-size: .9rem; } .legend svg { vertical-align: -2px; } .definitions { position: absolute; }
.on-phone { display: none; } @media screen and (max-width: 700px) { .on-screen { display: none; } .on-phone { display: block; } .plot, .axis .title { font-size: 13px; } .multiples { grid-template-columns: minmax(0, 1fr); } }`);
