import type { Definitions, UpstreamRequest } from '@trapkey/contract/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { CredentialRules } from '../../kernel/credential-rules.ts';
import type { ConnectionRules, PolicySet } from '../../kernel/rules.ts';
import type { Bearer, OnBehalf } from '../../kernel/upstream-credentials.ts';
import type { UpstreamChange } from './changes.ts';
import type { Execute, ExecuteTarget } from './effect.ts';
import { type Held, heldUpstreams } from './held.ts';
import { type Holder, keyOf } from './homes.ts';
import { movedMeanwhile } from './looking.ts';
import { addressKey, type OpenerParts, opener } from './opener.ts';

export interface ExecuteParts extends OpenerParts {
  readonly policy: () => Pick<PolicySet, 'connections'>;
  readonly limits: OpenerParts['limits'] & { readonly upstreamsMax: number; readonly upstreamIdleMs: number };
  readonly clock: Clock;
  /** What goes upstream for a person, where the connection says that it is theirs. Without it nothing goes there. */
  readonly bearer?: (rules: ConnectionRules & { readonly credentials: CredentialRules }, who: OnBehalf) => Promise<Bearer>;
  /** Whether the definition of what is asked for is not the reviewed one any more. */
  readonly changed?: (connection: string, request: Pick<UpstreamRequest, 'method' | 'params'>) => boolean;
  /** True while a stop withholds the credential of this connection: nothing is opened with it, and what is open is closed. */
  readonly withheld?: (connection: string) => boolean;
}

/** The upstreams of all connections, opened as calls need them. */
export interface Upstreams {
  readonly execute: Execute;
  /** What a connection declares now, from an upstream of nobody's that is closed again. Rejects when it cannot be reached. */
  definitions(connection: string, signal: AbortSignal): Promise<Definitions>;
  onChanged(listener: (change: UpstreamChange) => void): void;
  /** Hears of each upstream that is opened for calls, by its connection. No call goes out on it before the listener is done, for a while. */
  onOpened(listener: (connection: string) => Promise<void>): void;
  /** Closes what was not used for a while, and what the policy has no more; `wire` calls it now and then. */
  closeIdle(): void;
  close(): Promise<void>;
}

/** Opens upstreams: one for each connection, person and release, unless the connection says `sharing: all`. */
export function openUpstreams(parts: ExecuteParts): Upstreams {
  const { policy, limits, clock, withheld = () => false } = parts;
  const pool = heldUpstreams(limits.upstreamsMax);
  const listeners: ((change: UpstreamChange) => void)[] = [];
  const open = opener(parts, (change) => {
    for (const listener of listeners) listener(change);
  });
  const opened: ((connection: string) => Promise<void>)[] = [];
  let closed = false;

  function hold(rules: ConnectionRules, holder: Holder): Held | string {
    const key = keyOf(holder);
    const address = addressKey(rules);
    const known = pool.get(key);
    if (known?.address === address) return known;
    if (!pool.room()) return `${limits.upstreamsMax} upstreams are open and all are busy`;
    const bearer: Held['bearer'] = { token: undefined };
    const upstream = open(rules, holder, bearer);
    const looking = opened.length > 0 ? Promise.allSettled(opened.map((listener) => listener(rules.id))) : undefined;
    const held: Held = { key, connection: rules.id, address, bearer, upstream, looking, busy: 0, usedAtMs: clock() };
    pool.add(held);
    return held;
  }

  const execute: Execute = async (target, request, calling) => {
    const rules = policy().connections.get(target.connector.connection);
    if (closed || !rules) return { kind: 'unsent', detail: `connection ${target.connector.connection} is not there` };
    if (withheld(rules.id)) return { kind: 'unsent', detail: 'a stop withholds its credential' };
    const bearer = rules.credentials && (await bearerOf(parts, { ...rules, credentials: rules.credentials }, target));
    if (bearer && !bearer.ok) return { kind: 'unsent', detail: bearer.says, refusal: bearer };
    let held: Held | string;
    try {
      const { person, release } = target;
      held = hold(rules, { connection: rules.id, person, release, shared: rules.sharing === 'all' });
    } catch (error) {
      held = error instanceof Error ? error.message : String(error);
    }
    if (typeof held === 'string') return { kind: 'unsent', detail: held };
    held.busy++;
    try {
      const moved = held.looking && (await movedMeanwhile(held, request, calling.signal, parts.changed));
      return moved ?? (await sent(held, bearer?.token, request, calling));
    } finally {
      held.busy--;
      held.usedAtMs = clock();
    }
  };

  return {
    execute,
    async definitions(connection, signal) {
      const rules = policy().connections.get(connection);
      if (!rules) throw new Error(`connection ${connection} is not there`);
      if (withheld(connection)) throw new Error('a stop withholds its credential');
      const upstream = open(rules, { connection, person: '', release: '', shared: false });
      try {
        return await upstream.definitions(signal);
      } finally {
        await upstream.close();
      }
    },
    onChanged: (listener) => void listeners.push(listener),
    onOpened: (listener) => void opened.push(listener),
    closeIdle() {
      const { connections } = policy();
      const before = clock() - limits.upstreamIdleMs;
      pool.closeIf((held) => {
        const rules = connections.get(held.connection);
        return held.usedAtMs < before || !rules || withheld(held.connection) || addressKey(rules) !== held.address;
      });
    },
    async close() {
      closed = true;
      await pool.closeAll();
    },
  };
}

async function sent(held: Held, token: string | undefined, ...[request, calling]: Parameters<Held['upstream']['request']>) {
  held.bearer.token = token;
  try {
    return await held.upstream.request(request, calling);
  } catch (error) {
    return { kind: 'lost', detail: error instanceof Error ? error.message : String(error) } as const;
  }
}

async function bearerOf(
  { bearer }: ExecuteParts,
  rules: ConnectionRules & { readonly credentials: CredentialRules },
  { person, credential = '' }: ExecuteTarget,
): Promise<Bearer> {
  const says = 'This process has no credentials of people, so nothing was sent';
  return (await bearer?.(rules, { person, credential })) ?? { ok: false, code: 'upstream_failed', says };
}
