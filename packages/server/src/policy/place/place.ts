import type { SourceDocument } from '../source.ts';

/** Where a rule stands in the files of a set, as it is written there. */
export interface RulePlace {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

interface Wanted {
  readonly kind: string;
  readonly id: string | undefined;
  readonly path: readonly (string | number)[];
}

const linesMax = 12;
const ofTool = new Set(['approvals', 'check', 'before', 'undo', 'stage', 'overlay', 'autonomy']);
const ofList = new Set(['auto_execute', 'freeze']);

/** Finds a rule by its id, or the nearest thing above it; nothing where no document is about it. */
export function placeOf(
  rule: string,
  documents: readonly SourceDocument[],
  files: Readonly<Record<string, string>>,
): RulePlace | undefined {
  for (const { kind, id, path } of wantedBy(rule.split('/'))) {
    const found = documents.find(({ firstKey, value }) => firstKey === kind && (id === undefined || String(value[kind]) === id));
    if (!found) continue;
    const known = knownPath(found.value, path);
    // A rule whose own line is not written stands in for something wider, which the next guess may know.
    if (known.length === 0 && path.length > 0 && kind === 'connector' && ofTool.has(rule.split('/')[0] ?? '')) continue;
    const last = known.at(-1);
    const { line } = typeof last === 'string' ? found.place(known.slice(0, -1), last) : found.place(known);
    return { file: found.file, line, text: textAt(files[found.file] ?? '', line) };
  }
  return undefined;
}

function wantedBy([kind = '', id = '', ...rest]: readonly string[]): readonly Wanted[] {
  const organization = (path: Wanted['path']): Wanted => ({ kind: 'organization', id: undefined, path });
  const numbered = rest.map((part) => (/^\d+$/.test(part) ? Number(part) - 1 : part));
  const [connector = '', ...name] = id.split('.');
  const tool = name.join('.');
  if (ofList.has(kind)) return [organization([kind, Number(id) - 1])];
  if (kind === 'organization') return [organization([id, ...numbered])];
  if (kind === 'tier') return [organization(['tiers', id]), organization(['approvals', id])];
  if (kind === 'limits') {
    const [of, ...measure] = [id, ...rest];
    if (of === 'tool') return wantedBy(['limit-of-tool', ...measure]);
    return of === 'organization'
      ? [organization(['limits', ...measure.slice(1)])]
      : [{ kind: of ?? '', id: measure[0], path: ['limits', ...measure.slice(1)] }];
  }
  if (kind === 'limit-of-tool') return [{ kind: 'connector', id: connector, path: ['tools', tool, 'limits', ...rest] }];
  if (ofTool.has(kind)) {
    const own: Wanted = {
      kind: 'connector',
      id: connector,
      path: ['tools', tool, ...(kind === 'check' ? ['check', ...numbered] : [kind])],
    };
    return [
      own,
      ...(kind === 'approvals' ? [organization(['approvals', id])] : []),
      { kind: 'connector', id: connector, path: ['tools', tool] },
    ];
  }
  if (kind === 'profile') return [{ kind, id, path: ['allow', ...numbered] }];
  if (kind === 'entitlement') return [{ kind, id, path: ['allow', ...numbered] }];
  return [
    { kind, id, path: rest[0] !== undefined && kind === 'connector' ? ['tools', ...numbered] : numbered },
    { kind, id, path: numbered },
  ];
}

/** As much of the path as is really written. */
function knownPath(value: unknown, path: Wanted['path']): Wanted['path'] {
  let at = value;
  const known: (string | number)[] = [];
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) break;
    known.push(part);
    at = (at as Readonly<Record<string | number, unknown>>)[part];
  }
  return known;
}

/** The line and what is indented under it. */
function textAt(text: string, line: number): string {
  const lines = text.split('\n').slice(line - 1, line - 1 + 200);
  const indent = (one: string) => one.length - one.trimStart().length;
  const own = indent(lines[0] ?? '');
  const end = lines.findIndex((one, at) => at > 0 && (one.startsWith('---') || (one.trim() !== '' && indent(one) <= own)));
  const shown = lines.slice(0, end === -1 ? lines.length : end).slice(0, linesMax);
  return shown
    .map((one) => one.slice(Math.min(own, indent(one))))
    .join('\n')
    .trimEnd();
}
