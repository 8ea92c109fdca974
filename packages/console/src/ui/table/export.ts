import type { Column } from './columns.ts';

/** Writes the rows of a table into a file of this machine: what is shown, with the columns that are chosen. */
export function download<T>(name: string, rows: readonly T[], columns: readonly Column<T>[], as: 'csv' | 'json'): void {
  const link = document.createElement('a');
  const [body, type] = as === 'csv' ? [csvOf(rows, columns), 'text/csv'] : [jsonOf(rows, columns), 'application/json'];
  link.href = URL.createObjectURL(new Blob([body], { type }));
  link.download = `${name}.${as}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Rows as comma-separated values, the headers first. */
export function csvOf<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const shown = valued(columns);
  const lines = [shown.map(({ header }) => header), ...rows.map((row) => shown.map(({ value }) => value(row)))];
  return lines.map((line) => line.map(cell).join(',')).join('\r\n');
}

function jsonOf<T>(rows: readonly T[], columns: readonly Column<T>[]): string {
  const shown = valued(columns);
  const objects = rows.map((row) => Object.fromEntries(shown.map(({ header, value }) => [header, value(row)])));
  return JSON.stringify(objects, null, 2);
}

function valued<T>(columns: readonly Column<T>[]) {
  return columns.flatMap(({ header, text, sortBy }) => {
    const value = text ?? sortBy;
    return value ? [{ header, value }] : [];
  });
}

/** A spreadsheet runs what begins like a formula: text that does is kept text. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
