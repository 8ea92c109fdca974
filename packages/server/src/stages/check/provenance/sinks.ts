import type { Effect } from '@trapkey/contract/codes.ts';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Pinned } from '../../../kernel/facts.ts';
import { type ArgumentValue, linksIn } from '../../../kernel/provenance.ts';

/** What an argument decides: where something goes, what it is done to, or only what is said. */
export type ArgumentKind =
  | 'recipient'
  | 'link'
  | 'host'
  | 'account'
  | 'path'
  | 'command'
  | 'secret'
  | 'target'
  | 'content'
  | 'when'
  | 'other';

const kinds: readonly (readonly [ArgumentKind, RegExp])[] = [
  ['secret', /\b(password|passwd|passphrase|secret|api key|public key|ssh key|credential|credentials|pin)\b/],
  ['account', /\b(iban|account number|account no|bic|routing number|payee|beneficiary|wallet|recipient account)\b/],
  [
    'recipient',
    /^(to|cc|bcc|recipients?|emails?|phone|attendees?|participants?|invitees?|guests?|members?|reviewers?|assignees?|users?|channels?|chat|room|group|handle|shared? with|collaborators?|forward to|reply to|send to)( (e ?mails?|address|addresses|number|id|ids|name|names|list))?$|\b(recipients?|e ?mail addresse?s?|user ?e ?mail|channel name|channel id|user name)\b/,
  ],
  ['link', /\b(url|uri|urls|uris|webhook|endpoint|callback|href|link|links|redirect)\b/],
  ['host', /\b(host|hostname|domain|server|origin|proxy|remote)\b/],
  ['command', /\b(command|cmd|shell|argv|script|code|sql|statement|program|expression)\b/],
  ['path', /\b(path|paths|filepath|directory|folder|dest|destination)\b/],
  ['when', /\b(date|time|day|start|end|when|until|deadline|duration|timezone)\b/],
  [
    'content',
    /\b(body|content|contents|text|message|messages|html|markdown|description|title|subject|comment|note|notes|summary|value|data|payload|caption)\b/,
  ],
  ['target', /\b(id|ids|uuid|key|name|names|file|filename|record|item|object|resource|branch|repo|repository)\b/],
];

const email = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/;
const link = /^(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S+$/i;
const account = /^[a-z]{2}\d{2}[a-z0-9 ]{10,38}$/i;

/** By what its value is, else by what it is called. A value that is an address is one under any name. */
function kindOf({ path, text }: ArgumentValue): ArgumentKind {
  const value = text.trim();
  if (email.test(value)) return 'recipient';
  if (link.test(value)) return 'link';
  if (account.test(value) && /\d{4}/.test(value)) return 'account';
  for (const name of path.toReversed()) {
    const words = spoken(name);
    for (const [kind, pattern] of kinds) if (pattern.test(words)) return kind;
  }
  return 'other';
}

const said = new Map<string, string>();

/** `recipientEmail` and `recipient_email` say `recipient email`. */
function spoken(name: string): string {
  let words = said.get(name);
  if (words === undefined) {
    if (said.size > 5_000) said.clear();
    words = name
      .slice(0, 200)
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
      .replaceAll(/[^A-Za-z0-9]+/g, ' ')
      .trim()
      .toLowerCase();
    said.set(name, words);
  }
  return words;
}

const always: ReadonlySet<ArgumentKind> = new Set(['recipient', 'link', 'host', 'account', 'path', 'command', 'secret']);

/** A value that must be known, and how it is told to a person. */
export interface Sink {
  readonly kind: ArgumentKind;
  readonly argument: string;
  readonly text: string;
  /** Only what outsiders named is held, not what nobody named. */
  readonly soft: boolean;
  /** What is done to it cannot be undone by naming somebody else. */
  readonly final: boolean;
}

/** The values that decide where a call goes and what it is done to. */
export function sinksOf(values: readonly ArgumentValue[], effect: Effect, outward: boolean, pinned: Pinned): readonly Sink[] {
  const sinks: Sink[] = [];
  const final = effect === 'delete' || effect === 'execute';
  const schema = (pinned.tool?.inputSchema?.['properties'] ?? {}) as JsonObject;
  let targets = Object.keys(schema).some((name) => always.has(kindOf({ path: [name], text: '' })));
  for (const value of values) {
    const kind = kindOf(value);
    const argument = value.path.join('.');
    if (chosen(schema, value)) continue;
    const whole = kind === 'target' && effect === 'delete';
    if (always.has(kind) || whole) {
      sinks.push({ kind, argument, text: value.text, soft: false, final });
      targets = true;
    } else if (outward && kind !== 'when')
      for (const text of linksIn(value.text))
        sinks.push({ kind: account.test(text) ? 'account' : 'link', argument, text, soft: false, final });
  }
  // Nothing says where it goes: then whatever is named decides, and outsiders must not be the ones who name it.
  if (!targets || effect === 'execute')
    for (const value of values) {
      const kind = kindOf(value);
      if (!['target', 'other'].includes(kind) || value.text.length > 200 || chosen(schema, value) || trivial.test(value.text)) continue;
      sinks.push({ kind, argument: value.path.join('.'), text: value.text, soft: effect !== 'delete', final });
    }
  return sinks;
}

const trivial = /^(?:true|false|null|-?\d{1,3}(?:\.\d{1,2})?)$/i;

/** One of a few values that the tool's own schema lists. */
function chosen(properties: JsonObject, { path, text }: ArgumentValue): boolean {
  const property = path.length === 1 ? (properties[path[0] as string] as JsonObject | undefined) : undefined;
  const values = property?.['enum'];
  return Array.isArray(values) && values.includes(text);
}
