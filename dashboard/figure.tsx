import { ProblemText } from './problem-text.js';
import { useRead } from './use-read.js';
import { campaignPath } from './words.js';

interface Properties {
  readonly campaign: string;
  readonly name: string;
  /** What stands where there is nothing to be drawn. */
  readonly without?: string;
}

/** A figure of the report, drawn by the server as there, and drawn again as the campaign goes on. */
export function Figure({ campaign, name, without }: Properties) {
  const { value, error } = useRead<{ readonly html: string }>(
    `${campaignPath(campaign)}/figures/${name}`,
    (event) => event.campaign === campaign,
  ).value;
  if (error !== null && value === null)
    return without === undefined ? <ProblemText error={error} /> : <p class="faint">{without}</p>;
  if (value === null) return <p class="faint">Draws…</p>;
  // Everything in it was escaped where it was made, and the policy of the page lets no script of it run.
  return <div class="figure live" dangerouslySetInnerHTML={{ __html: value.html }} />;
}
