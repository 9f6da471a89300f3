import { NoAnswer, Refused } from './api.js';

/** Why something was not done, with all that is wrong with what was given. */
export function ProblemText({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  if (error instanceof NoAnswer)
    return (
      <p class="problem" role="alert">
        No answer came: it is not known whether this was taken. Sent again unchanged it is done once.
      </p>
    );
  if (!(error instanceof Refused)) throw error;
  const { title, detail, faults = [] } = error.problem;
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{title}.</strong> {faults.length === 0 ? detail : null}
      </p>
      {faults.length === 0 ? null : (
        <ul>
          {faults.map(({ path, message, remedy }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code>: {message}
              {remedy === undefined ? null : `; ${remedy}`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** What is wrong with one field, as the server said it; null where nothing is. */
export function faultOf(error: Error | null, name: string): string | null {
  if (!(error instanceof Refused)) return null;
  const fault = error.problem.faults?.find(({ path }) => path === name || path.endsWith(`.${name}`));
  return fault === undefined ? null : `${fault.message}${fault.remedy === undefined ? '' : `; ${fault.remedy}`}`;
}
