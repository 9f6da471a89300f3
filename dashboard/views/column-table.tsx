import type { InferredColumn } from '../../scripts/serve/infer-columns.js';

interface Properties {
  readonly columns: readonly InferredColumn[];
  readonly onChange: (columns: readonly InferredColumn[]) => void;
}

const roles: Readonly<Record<InferredColumn['role'], string>> = {
  design: 'chosen',
  objective: 'what is wanted',
  id: 'name of the row',
  ignore: 'passed over',
};
const types = ['continuous', 'integer', 'discrete', 'categorical', 'substance'] as const;

/** The columns of a table with what they seem to be, to be corrected. */
export function ColumnTable({ columns, onChange }: Properties) {
  const change = (at: number, changes: Partial<InferredColumn>) =>
    onChange(columns.map((one, i) => (i === at ? { ...one, ...changes } : one)));
  return (
    <div class="scrolls">
      <table class="plain-table">
        <thead>
          <tr>
            {['column', 'is', 'type', 'unit', 'holds'].map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map((one, i) => (
            <tr key={one.column}>
              <th scope="row">{one.column}</th>
              <td>
                <select
                  aria-label={`${one.column} is`}
                  value={one.role}
                  onChange={({ currentTarget }) => change(i, { role: currentTarget.value as InferredColumn['role'] })}
                >
                  {Object.entries(roles).map(([role, words]) => (
                    <option key={role} value={role}>
                      {words}
                    </option>
                  ))}
                </select>
              </td>
              <td>
                <select
                  aria-label={`type of ${one.column}`}
                  value={one.type}
                  onChange={({ currentTarget }) => change(i, { type: currentTarget.value as InferredColumn['type'] })}
                >
                  {types.map((type) => (
                    <option key={type} value={type}>
                      {type}
                    </option>
                  ))}
                </select>
              </td>
              <td>
                <input
                  aria-label={`unit of ${one.column}`}
                  value={one.unit ?? ''}
                  onInput={({ currentTarget }) => change(i, { unit: currentTarget.value })}
                />
              </td>
              <td class="faint">
                {one.low === null ? `${one.distinct}: ${one.examples.join(', ')}` : `${one.low} to ${one.high}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
