import type { TextDocument, Value } from './splice.ts';

/** One key that the form knows: where it stands in its document, and how it is asked for. */
export interface Field {
  readonly path: readonly string[];
  readonly label: string;
  readonly kind: 'choice' | 'number' | 'text' | 'list' | 'yes';
  /** Of a choice; the first is what holds where the key is not there. */
  readonly options?: readonly string[];
  readonly hint?: string;
  /** An example, shown where nothing is. */
  readonly like?: string;
}

/** Fields that belong together. */
export interface Group {
  readonly title: string;
  readonly fields: readonly Field[];
}

const mode: Field = {
  path: ['mode'],
  label: 'Mode',
  kind: 'choice',
  options: ['', 'observe', 'warn', 'enforce'],
  hint: 'The narrowest wins',
};
const levels = ['', 'draft', 'approve', 'sample', 'unattended'];
const measures = [
  ['actions', 'Tool calls', '500 per 1h'],
  ['writes', 'Calls that change something', '100 per 1h'],
  ['people', 'People reached', '200 per 1d'],
  ['spend_usd', 'What the models cost', '5 per run'],
] as const;

const limits = (): Group => ({
  title: 'Limits',
  fields: measures.map(([measure, label, hint]) => ({ path: ['limits', measure], label, kind: 'text', like: hint })),
});

function approvals(path: readonly string[]): readonly Field[] {
  return [
    { path: [...path, 'approvers'], label: 'Who approves', kind: 'list', hint: 'group:name or people, apart by commas' },
    { path: [...path, 'needs'], label: 'How many of them', kind: 'number' },
    { path: [...path, 'expires'], label: 'Waits at most', kind: 'text', like: '4h' },
  ];
}

/** The commonest keys of a document; empty for a kind whose text is all there is. */
export function groupsOf({ kind, value }: TextDocument): readonly Group[] {
  if (kind === 'organization')
    return [
      {
        title: 'How it decides',
        fields: [mode, { path: ['autonomy', 'start'], label: 'New workflows begin at', kind: 'choice', options: levels }],
      },
      { title: 'Approvals of the high tier', fields: approvals(['approvals', 'high']) },
      limits(),
    ];
  if (kind === 'plugin')
    return [
      { title: 'How it decides', fields: [mode] },
      {
        title: 'Autonomy',
        fields: Object.keys(mapAt(value, 'autonomy')).map((tool) => ({
          path: ['autonomy', tool],
          label: tool,
          kind: 'choice',
          options: levels,
        })),
      },
      limits(),
    ].filter(({ fields }) => fields.length > 0) as readonly Group[];
  if (kind === 'connector')
    return [
      {
        title: 'How it decides',
        fields: [
          mode,
          { path: ['access'], label: 'Access', kind: 'choice', options: ['', 'read-only', 'read-write'] },
          { path: ['requires_approval'], label: 'A person decides every call', kind: 'yes' },
        ],
      },
      ...Object.entries(mapAt(value, 'tools')).flatMap(([tool, rules]) => toolGroup(tool, rules)),
    ];
  return [];
}

function toolGroup(tool: string, rules: unknown): readonly Group[] {
  const effect = (rules as { readonly effect?: unknown } | null)?.effect;
  if (effect === 'read' || effect === 'draft') return [];
  const at = ['tools', tool];
  const staging: readonly Field[] =
    effect === 'write'
      ? [
          { path: [...at, 'stage', 'over'], label: 'Lands in a batch from', kind: 'text', like: '20 per run' },
          { path: [...at, 'stage', 'sample'], label: 'Looked at of a batch', kind: 'number' },
        ]
      : [];
  return [{ title: `${tool}: ${String(effect ?? 'not classed')}`, fields: [...approvals([...at, 'approvals']), ...staging] }];
}

function mapAt(value: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const found = value[key];
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Readonly<Record<string, unknown>>) : {};
}

/** What a field shows of a document. A limit with more to it than its text is left to the text. */
export function shownAt(document: TextDocument, { path }: Field): { readonly text: string; readonly plain: boolean } {
  let at: unknown = document.value;
  for (const key of path) at = typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined;
  if (at === undefined || at === null) return { text: '', plain: true };
  if (Array.isArray(at) && at.every((one) => typeof one === 'string')) return { text: at.join(', '), plain: true };
  return typeof at === 'object' ? { text: JSON.stringify(at), plain: false } : { text: String(at), plain: true };
}

/** What is written for what somebody put into a field; undefined takes the key out. */
export function writtenFor({ kind }: Field, text: string): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  if (kind === 'list') return trimmed.split(/\s*,\s*/).filter(Boolean);
  if (kind === 'yes') return trimmed === 'true' ? true : undefined;
  if (kind === 'number') return Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
  return trimmed;
}
