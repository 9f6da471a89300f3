import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { leaseShape } from '../../scripts/serve/lab-shapes.js';
import { halfMinutes, serverNow } from '../clock.js';
import { campaignHref, hourText, placeInCampaign, spanText } from '../words.js';

type Lease = z.infer<typeof leaseShape>;

interface Properties {
  readonly resources: readonly string[];
  readonly leases: readonly Lease[];
  readonly backMs: number;
}

const zooms = [1, 4, 12, 48] as const;

/** Who had which instrument when, a bar for each; a bar opens its trial. */
export function Gantt({ resources, leases, backMs }: Properties) {
  halfMinutes.value;
  const zoom = useSignal(1);
  const now = serverNow();
  const from = now - backMs / zoom.value;
  const share = (at: number) => Math.min(100, Math.max(0, (100 * (at - from)) / (now - from)));
  return (
    <div class="gantt">
      <p>
        Last {spanText(now - from)}, from {hourText(from)}{' '}
        <button
          type="button"
          class="act plain"
          onClick={() => (zoom.value = zooms[(zooms.indexOf(zoom.value as 1) + 1) % zooms.length]!)}
        >
          Zoom
        </button>
      </p>
      <table>
        <tbody>
          {resources.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <div class="lane">
                  {leases
                    .filter((lease) => lease.resource === name && (lease.until ?? now) > from)
                    .map((lease) => {
                      const [left, right] = [share(lease.from), share(lease.until ?? now)];
                      const told = `${lease.trial}${lease.step === null ? '' : `, step ${lease.step}`}, ${hourText(lease.from)} to ${lease.until === null ? 'now' : hourText(lease.until)}${lease.held ? ', unknown: we cannot tell whether it still runs' : ''}`;
                      return (
                        <a
                          key={`${lease.key} ${lease.slot} ${lease.from}`}
                          class={`span ${lease.held ? 'held' : lease.until === null ? 'going' : 'over'}`}
                          href={`${campaignHref(lease.campaign, 'trials')}?trial=${placeInCampaign(lease.trial).replace('/', '-')}`}
                          title={told}
                          aria-label={told}
                          style={{ left: `${left}%`, width: `${Math.max(0.4, right - left)}%` }}
                        >
                          {lease.held ? '? ' : ''}
                          {placeInCampaign(lease.trial)}
                        </a>
                      );
                    })}
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
