import { columnKey } from '../../../kernel/data.ts';
import { columnStays, count, noteCut, ours, type Walk } from './seen.ts';

const delimiters = ['|', '\t', ',', ';'] as const;

interface Table {
  readonly delimiter: string;
  readonly keep: readonly boolean[];
  readonly names: readonly string[];
  readonly own: number;
  rows: number;
}

/** Tables in text (of bars, tabs, commas or semicolons), from a line of names to the next empty line. */
export function tablesScreened(lines: readonly string[], walk: Walk): readonly string[] {
  const out: string[] = [];
  let table: Table | undefined;
  for (const line of lines) {
    if (table && line.trim() === '') {
      noteCut(walk, table.rows);
      table = undefined;
    }
    const begins: Table | undefined = table ? undefined : tableAt(line, walk);
    if (begins) {
      table = begins;
      out.push(kept(line, begins));
    } else if (!table) out.push(line);
    else {
      const shown = rowShown(line, table, walk);
      if (shown !== undefined) out.push(shown);
    }
  }
  if (table) noteCut(walk, table.rows);
  return out;
}

/** A line of names of which at least one matters. */
function tableAt(line: string, walk: Walk): Table | undefined {
  const { plan } = walk;
  for (const delimiter of delimiters) {
    if (!line.includes(delimiter)) continue;
    const names = split(line, delimiter).map(bare);
    const keys = names.map(columnKey);
    const matters = keys.some((key) => key !== '' && (plan.barred.has(key) || plan.columns.has(key) || plan.own?.field === key));
    const plain = names.length > 1 && names.every((name) => /^[\p{L}\w .$()#/-]{0,64}$/u.test(name));
    if (!matters || !plain) continue;
    const keep = names.map((name, at) => name === '' || columnStays(walk, keys[at] as string, name));
    return { delimiter, keep, names, own: plan.own ? keys.indexOf(plan.own.field) : -1, rows: 0 };
  }
  if (spaced(line, walk)) walk.seen.withhold ??= 'its table cannot be taken apart';
  return undefined;
}

/** Columns told apart by spaces alone cannot be cut with certainty. */
function spaced(line: string, { plan }: Walk): boolean {
  const names = line.trim().split(/\s{2,}/);
  return (
    names.length > 1 && names.every((name) => /^[\p{L}\w.-]{1,64}$/u.test(name)) && names.some((name) => plan.barred.has(columnKey(name)))
  );
}

function rowShown(line: string, table: Table, walk: Walk): string | undefined {
  if (/^[\s|:+=-]{3,}$/.test(line)) return line.includes('+') ? kept(line.replaceAll('+', table.delimiter), table) : kept(line, table);
  table.rows++;
  const cells = split(line, table.delimiter);
  if (table.own >= 0 && !ours(bare(cells[table.own] ?? '') || null, walk)) {
    walk.seen.foreign++;
    return undefined;
  }
  if (walk.plan.rowsMax !== undefined && table.rows > walk.plan.rowsMax) return undefined;
  // A row of another width would put a value into another column.
  if (cells.length !== table.names.length && table.keep.includes(false)) {
    if (cells.length > 1) walk.seen.withhold ??= 'a row of its table has another width than its names';
    return line;
  }
  for (const [at, stays] of table.keep.entries()) if (!stays) count(walk.seen.removed, table.names[at] as string);
  return kept(line, table);
}

function kept(line: string, { delimiter, keep }: Table): string {
  if (!keep.includes(false)) return line;
  return split(line, delimiter)
    .filter((_, at) => keep[at] ?? true)
    .join(delimiter);
}

/** Splits at a delimiter outside of double quotes. */
function split(line: string, delimiter: string): readonly string[] {
  const cells: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') quoted = !quoted;
    else if (line[at] === delimiter && !quoted) {
      cells.push(line.slice(from, at));
      from = at + 1;
    }
  }
  return [...cells, line.slice(from)];
}

function bare(cell: string): string {
  return cell.trim().replace(/^["'`*]{1,3}|["'`*]{1,3}$/g, '');
}
