import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Call } from '../../../kernel/call.ts';
import { newCallId } from '../../../kernel/ids.ts';
import type { ItemRow } from './items-store.ts';
import type { UndoRow } from './store.ts';

/** Who takes back: the groups that a provider named, undefined where the directory says. */
export interface Operator {
  readonly person: string;
  readonly groups: readonly string[] | undefined;
}

/** Who it is: whoever asked while it is only looked at, then whoever started it. */
export function operatorOf(row: UndoRow): Operator {
  const groups = row.started_by === null ? row.groups : row.started_groups;
  return { person: row.started_by ?? row.person, groups: groups === null ? undefined : (JSON.parse(groups) as string[]) };
}

interface Named {
  readonly connector: string;
  readonly tool: string;
  readonly args: JsonObject;
}

/**
 * A call of the operator's own, in a run of its own, at the release that made the change. Nothing of it comes from a client:
 * `via: 'undo'` and a credential of kind `internal` are made here and nowhere else.
 */
export function callOf(row: UndoRow, { connector, tool, args }: Named, atMs: number): Call {
  const { person, groups } = operatorOf(row);
  return {
    id: newCallId(atMs),
    attempt: 0,
    atMs,
    endpoint: { plugin: row.plugin, version: row.version, connector },
    method: 'tools/call',
    name: tool,
    args,
    extra: {},
    credential: {
      kind: 'internal',
      id: row.id,
      person,
      groups: groups ?? [],
      client: 'trapkey-undo',
      audience: `/p/${row.plugin}/${row.version}/${connector}`,
      profile: undefined,
      assurance: { person: 'proved', plugin: 'proved' },
    },
    session: row.id,
    client: { name: 'trapkey-undo', version: '1' },
    claims: {},
    clientCapabilities: {},
    via: 'undo',
    ticket: undefined,
  };
}

/** The call that takes a change back. `image`: what must still stand there; undefined where the gate cannot compare it. */
export function undoCallOf(
  row: UndoRow,
  item: Pick<ItemRow, 'n' | 'sent'>,
  named: Named,
  bound: { readonly definition: string; readonly image: Json | undefined; readonly claim?: string; readonly atMs: number },
): Call {
  return {
    ...callOf(row, named, bound.atMs),
    change: {
      kind: 'undo',
      id: row.id,
      n: item.n,
      sent: item.sent,
      approval: `human:${operatorOf(row).person}`,
      image: bound.image,
      definition: bound.definition,
      idempotencyKey: `${row.id}/${item.n}`,
      claim: bound.claim,
    },
  };
}
