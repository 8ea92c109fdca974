import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Offered } from '../kernel/offer.ts';
import type { Caller } from './doors.ts';
import { metaKeys } from './era.ts';
import type { Line } from './line.ts';
import { capabilitiesOf } from './lists.ts';
import { type Id, isObject, notificationText, resultText } from './rpc.ts';

/** A change that clients are told of, by connection; `person` narrows what one person's upstream said. */
export interface Change {
  readonly connection: string;
  readonly kind: 'tools' | 'prompts' | 'resources' | 'resource';
  readonly uri?: string;
  readonly person?: string;
}

interface Listen {
  readonly connection: string;
  readonly caller: Caller;
  readonly id: Id;
  readonly filter: Filter;
  readonly line: Line;
}

interface Filter {
  readonly kinds: ReadonlySet<Change['kind']>;
  readonly uris: ReadonlySet<string>;
}

/** Open `subscriptions/listen` streams (2026-07-28). */
export interface Listens {
  open(caller: Caller, id: Id, params: JsonObject, offered: Offered, line: Line): boolean;
  notify(change: Change): void;
  close(): void;
}

const fields: Readonly<Record<string, Exclude<Change['kind'], 'resource'>>> = {
  toolsListChanged: 'tools',
  promptsListChanged: 'prompts',
  resourcesListChanged: 'resources',
};

export function methodOf(kind: Change['kind']): string {
  return kind === 'resource' ? 'notifications/resources/updated' : `notifications/${kind}/list_changed`;
}

/** Keeps the streams of clients that asked to be told of changes; only what they asked for, only of their connection. */
export function openListens(): Listens {
  const open = new Set<Listen>();
  const tell = (listen: Listen, method: string, params: JsonObject) =>
    listen.line.send(notificationText(method, { ...params, _meta: { [metaKeys.subscription]: listen.id } }));
  return {
    open(caller, id, params, offered, line) {
      const asked = params['notifications'];
      if (!isObject(asked)) return false;
      const { filter, honored } = honor(asked, capabilitiesOf(offered, [], 'modern'));
      const listen: Listen = { connection: offered.connection, caller, id, filter, line };
      open.add(listen);
      line.onLost(() => open.delete(listen));
      tell(listen, 'notifications/subscriptions/acknowledged', { notifications: honored });
      return true;
    },
    notify(change) {
      for (const listen of open) {
        if (listen.connection !== change.connection || !listen.filter.kinds.has(change.kind)) continue;
        if (change.person !== undefined && change.person !== listen.caller.credential.person) continue;
        if (change.kind === 'resource' && !listen.filter.uris.has(change.uri ?? '')) continue;
        tell(listen, methodOf(change.kind), change.uri === undefined ? {} : { uri: change.uri });
      }
    },
    close() {
      for (const { line, id } of open) line.answer(resultText(id, { resultType: 'complete', _meta: { [metaKeys.subscription]: id } }));
      open.clear();
    },
  };
}

/** The part of what was asked for that the pinned upstream can say. */
function honor(asked: JsonObject, capabilities: JsonObject): { readonly filter: Filter; readonly honored: JsonObject } {
  const kinds = new Set<Change['kind']>();
  const honored: Record<string, JsonObject[string]> = {};
  for (const [field, kind] of Object.entries(fields)) {
    const declared = capabilities[kind];
    if (asked[field] !== true || !isObject(declared) || declared['listChanged'] !== true) continue;
    kinds.add(kind);
    honored[field] = true;
  }
  const { resources } = capabilities;
  const wanted = asked['resourceSubscriptions'];
  const uris = new Set(
    Array.isArray(wanted) && isObject(resources) && resources['subscribe'] === true
      ? wanted.filter((uri) => typeof uri === 'string').slice(0, 256)
      : [],
  );
  if (uris.size > 0) {
    kinds.add('resource');
    honored['resourceSubscriptions'] = [...uris];
  }
  return { filter: { kinds, uris }, honored };
}
