import type { FieldChange } from './tighten.ts';

/** A change as a sentence, for people who review it. */
export function inWords(document: string, change: FieldChange): string {
  const { before, after, path } = change;
  const field = path.join('.');
  if (path.length === 0) return after === undefined ? `${document} is removed` : `${document} is new`;
  if (change.kind === 'list') return listInWords(document, before, after);
  if (path.length === 2 && path[0] === 'tools')
    return after === undefined ? `${document} no longer offers ${path[1]}` : `${document} offers ${path[1]} (${text(after)})`;
  if (change.member)
    return after === undefined ? `${document}: ${field} loses ${text(before)}` : `${document}: ${field} gains ${text(after)}`;
  if (before === undefined) return `${document}: ${field} is set to ${text(after)}`;
  if (after === undefined) return `${document}: ${field} is left out (was ${text(before)})`;
  return `${document}: ${field} changes from ${text(before)} to ${text(after)}`;
}

function listInWords(document: string, before: unknown, after: unknown): string {
  if (before === undefined) return `${document} is new: ${String(after)}`;
  if (after === undefined) return `${document} is removed`;
  return `${document} changes from ${String(before)} to ${String(after)}`;
}

function text(value: unknown): string {
  const written = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return written.length > 200 ? `${written.slice(0, 200)}…` : written;
}
