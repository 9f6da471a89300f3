import type { z } from 'zod';
import type { labHead, leaseShape } from '../../scripts/serve/lab-shapes.js';
import { serverNow } from '../clock.js';
import { ProblemText } from '../problem-text.js';
import { useRead } from '../use-read.js';
import { Ago, numberText, withUnit } from '../words.js';
import { Gantt } from './gantt.js';
import { type Lab, LabResource } from './lab-resource.js';

/** How far back the chart of who had what goes, milliseconds. */
const backMs = 12 * 3_600_000;

/** Kinds of events that may change what a lab shows. */
const ofLabs = /^(trial|lease|instrument|lab|stock|standstill|act|slot)\b/;

/** All labs: who has which instrument, who waits, what stands still, what is left. */
export function LabView() {
  const { value, error } = useRead<{ readonly items: readonly z.infer<typeof labHead>[] }>('/labs', ({ kind }) =>
    kind.startsWith('lab.'),
  ).value;
  if (value === null) return error === null ? <p class="faint">Reads…</p> : <ProblemText error={error} />;
  return (
    <>
      <h1>Lab</h1>
      {value.items.length === 0 ? <p class="faint">No lab is registered here.</p> : null}
      {value.items.map(({ name }) => (
        <OneLab key={name} name={name} />
      ))}
    </>
  );
}

function OneLab({ name }: { readonly name: string }) {
  const path = `/labs/${encodeURIComponent(name)}`;
  const { value: lab, error } = useRead<Lab>(path, ({ kind }) => ofLabs.test(kind)).value;
  const leases = useRead<{ readonly items: readonly z.infer<typeof leaseShape>[] }>(
    `${path}/leases?limit=500&since=${Math.round((serverNow() - backMs) / 60_000) * 60_000}`,
    ({ kind }) => ofLabs.test(kind),
  ).value.value;
  if (lab === null) return error === null ? <p class="faint">Reads {name}…</p> : <ProblemText error={error} />;
  return (
    <section aria-label={name}>
      <h2>
        {name}
        {lab.simulated ? ' – SIMULATED' : ''}
      </h2>
      {lab.description === null ? null : <p class="faint">{lab.description}</p>}
      {lab.obstacles.map(({ kind, name: of, text, waiting }) => (
        <p class="problem" key={`${kind} ${of}`}>
          ▲ {text}
          {waiting.length === 0 ? '' : `; ${waiting.length} trials wait for it`}
        </p>
      ))}
      {leases === null ? null : (
        <Gantt resources={lab.resources.map((one) => one.name)} leases={leases.items} backMs={backMs} />
      )}
      {lab.resources.map((resource) => (
        <LabResource key={resource.name} lab={name} resource={resource} />
      ))}
      {lab.stock.length === 0 ? null : (
        <>
          <h3>Stock</h3>
          <ul class="list">
            {lab.stock.map(({ name: of, unit, left, reserved, warnBelow, low }) => (
              <li key={of} class={low ? 'problem' : ''}>
                {low ? '▲ ' : ''}
                {of}: <span class="live">{withUnit(numberText(left), unit)}</span> left
                {reserved > 0 ? `, ${withUnit(numberText(reserved), unit)} kept for trials that have begun` : ''}
                {warnBelow === null ? '' : `; low below ${withUnit(numberText(warnBelow), unit)}`}
              </li>
            ))}
          </ul>
        </>
      )}
      {lab.waits.length === 0 ? null : (
        <>
          <h3>Waits for a slot</h3>
          <ul class="list">
            {lab.waits.map(({ trial, step, on, since, unable }) => (
              <li key={`${trial} ${step}`}>
                {trial}
                {step === null ? '' : `, step ${step}`} for {on.join(' or ')}, since <Ago at={since} />
                {unable === null ? '' : `; cannot: ${unable}`}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
