import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { type Html, html } from '../../../kernel/html.ts';
import { revealed } from '../../../kernel/revealed.ts';
import { count } from './words.ts';

const shownMax = 12;
const endsShown = 5;
const textCharactersMax = 600;

/** A payload as it would be sent, as JSON; of a long list only both ends, and how much was left out. */
export function payloadHtml(value: Json): Html {
  return html`<pre tabindex="0">${lines(value, '')}</pre>`;
}

function lines(value: Json, indent: string): Html {
  if (Array.isArray(value)) return listLines(value as readonly Json[], indent);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value as JsonObject);
    if (entries.length === 0) return html`{}`;
    const inner = `${indent}  `;
    return html`{
${entries.map(
  ([key, child], at) => html`${inner}<b>${text(key)}</b>: ${lines(child, inner)}${at < entries.length - 1 && ','}
`,
)}${indent}}`;
  }
  return html`${text(value as string | number | boolean | null)}`;
}

function listLines(list: readonly Json[], indent: string): Html {
  if (list.length === 0) return html`[]`;
  const inner = `${indent}  `;
  const row = (child: Json, at: number) => html`${inner}${lines(child, inner)}${at < list.length - 1 && ','}
`;
  if (list.length <= shownMax)
    return html`[
${list.map(row)}${indent}]`;
  const [head, tail] = [list.slice(0, endsShown), list.slice(-endsShown)];
  return html`[
${head.map(row)}${inner}<mark>… ${count(list.length - 2 * endsShown)} more, ${count(list.length)} in all …</mark>
${tail.map((child, at) => row(child, list.length - endsShown + at))}${indent}]`;
}

/** JSON text with what hides in it made visible; very long text is cut, saying so. */
function text(value: string | number | boolean | null): string {
  const whole = revealed(JSON.stringify(value));
  return whole.length <= textCharactersMax ? whole : `${whole.slice(0, textCharactersMax)}… (${count(whole.length)} characters)`;
}

/** Arguments that are lists of more than one: what can be cut down. */
export function listsIn(args: Json): readonly { readonly name: string; readonly length: number }[] {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return [];
  return Object.entries(args as JsonObject).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 1 ? [{ name, length: value.length }] : [],
  );
}
