import { createHash } from 'node:crypto';

/**
 * Sorting by the heads of the table of trials: the only script of the page, which reads well without it. Numbers by their
 * value, empty cells last, equals in the order of the trials.
 */
export const sortScript = `
for (const table of document.querySelectorAll('table.sortable')) {
  const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const keys = new Map(rows.map((row, i) => {
        const cell = row.cells[column], text = cell.dataset.key ?? cell.textContent.trim();
        const number = parseFloat(text);
        return [row, { empty: text === '', number, text, i }];
      }));
      const numeric = rows.every((row) => keys.get(row).empty || !Number.isNaN(keys.get(row).number));
      rows.sort((a, b) => {
        const x = keys.get(a), y = keys.get(b);
        if (x.empty !== y.empty) return x.empty ? 1 : -1;
        const order = numeric ? x.number - y.number : x.text.localeCompare(y.text, 'en', { numeric: true });
        return (down ? -order : order) || a.dataset.at - b.dataset.at;
      });
      body.append(...rows);
    });
  });
}
`;

/** What the page's policy allows: this script and no other. */
export const sortScriptHash = `sha256-${createHash('sha256').update(sortScript).digest('base64')}`;
