import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../kernel/clock.ts';
import { revealed } from '../kernel/revealed.ts';
import type { Comparison } from './compare.ts';
import { gone, type Row } from './row.ts';
import type { Suspicious } from './screen.ts';

const namesInDetailMax = 20;

/** What a look at an upstream changed. */
export function lookedEntry(connection: string, { firstSight, pin, aside, forget }: Comparison, atMs: number): EntryFields {
  const words = firstSight
    ? [...pin.map(({ kind, name }) => `${kind} ${name}`), ...aside.map(({ item }) => `${item.kind} ${item.name} waits for review`)]
    : [
        ...aside.map(
          ({ item, digest, known }) =>
            `${item.kind} ${item.name} ${digest === null ? 'as pinned again' : digest === gone ? 'gone' : known ? 'changed' : 'new'}`,
        ),
        ...forget.map(({ kind, name }) => `${kind} ${name} forgotten`),
      ];
  const more = words.length > namesInDetailMax ? ` and ${words.length - namesInDetailMax} more` : '';
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action: firstSight ? 'definitions.pinned' : 'definitions.changed',
    subject: `connection ${connection}`,
    count: words.length,
    detail: `${words.slice(0, namesInDetailMax).join(', ').slice(0, 2_000)}${more}`,
  };
}

/** What security hears of: the rules that spoke, never the words themselves, which are an outsider's. */
export function suspiciousEntry(connection: string, suspicious: readonly Suspicious[], atMs: number): EntryFields {
  const words = suspicious.map(
    ({ item, findings }) =>
      `${item.kind} ${revealed(item.name.slice(0, 100))}: ${[...new Set(findings.map(({ rule }) => rule))].join(', ')}`,
  );
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action: 'definitions.suspicious',
    subject: `connection ${connection}`,
    count: words.length,
    detail: words.slice(0, namesInDetailMax).join('; ').slice(0, 2_000),
  };
}

/** Somebody made what the upstream says now the reviewed definition. */
export function acceptedEntry(row: Row, person: string, atMs: number): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action: 'definitions.accepted',
    subject: `connection ${row.connection}`,
    detail: `${row.kind} ${row.name}: ${row.digest || 'new'} to ${row.changed_digest}`,
    ...(row.changed_digest !== gone && row.changed_digest !== null && { definition: row.changed_digest }),
    on_behalf_of: person,
    assurance: { on_behalf_of: 'proved' },
  };
}
