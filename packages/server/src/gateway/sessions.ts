import { randomBytes } from 'node:crypto';
import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Credential } from '../kernel/call.ts';
import type { GatewayLimits } from './limits.ts';
import type { Client } from './params.ts';
import type { Id } from './rpc.ts';
import { EventStream } from './stream.ts';

/** One session of a 2025 client: bound to who opened it, on one endpoint. */
/** Cancels a request. Emptied when that is over: tables that a map leaves behind keep what they hold until a full collection. */
export interface Cancelling {
  controller: AbortController | undefined;
}

export interface Session {
  readonly id: string;
  readonly owner: string;
  readonly person: string;
  readonly path: string;
  readonly version: string;
  readonly client: Client;
  readonly connection: string;
  readonly streams: Map<string, EventStream>;
  readonly running: Map<Id, Cancelling>;
  readonly asked: Map<Id, (result: JsonObject | undefined) => void>;
  readonly subscribed: Set<string>;
  standalone: EventStream | undefined;
  logLevel: string | undefined;
  asks: number;
  usedAtMs: number;
}

export interface Sessions {
  create(credential: Credential, about: Pick<Session, 'path' | 'version' | 'client' | 'connection'>): Session;
  /** The session, if this credential may use it on this endpoint; to anybody else it does not exist. */
  find(id: string, credential: Credential, path: string): Session | undefined;
  end(session: Session): void;
  /** A stream that the session's client can come back to. */
  stream(session: Session, lost: () => void): EventStream;
  all(): Iterable<Session>;
  close(): void;
}

// The token may be renewed during a session; who holds it, through what, for which endpoint may not change.
function ownerOf(credential: Credential): string {
  return JSON.stringify([credential.person, credential.client, credential.audience, credential.profile ?? null]);
}

/** Opens the memory of sessions: bounded, swept, lost at a restart (clients then initialize again). */
export function openSessions(limits: GatewayLimits, clock: () => number): Sessions {
  const sessions = new Map<string, Session>();
  const end = (session: Session) => {
    sessions.delete(session.id);
    for (const { controller } of session.running.values()) controller?.abort();
    for (const answer of session.asked.values()) answer(undefined);
    for (const stream of session.streams.values()) stream.end(clock());
    session.standalone?.end(clock());
  };
  const sweep = () => {
    for (const session of sessions.values()) {
      if (busy(session)) session.usedAtMs = clock();
      else if (clock() - session.usedAtMs > limits.sessionIdleMs) end(session);
      else forget(session, clock() - limits.resumeKeepMs);
    }
  };
  const timer = setInterval(sweep, 30_000).unref();
  return {
    create(credential, about) {
      const owner = ownerOf(credential);
      makeRoom(sessions, owner, limits, end);
      const id = randomBytes(24).toString('base64url');
      const fresh = {
        streams: new Map(),
        running: new Map(),
        asked: new Map(),
        subscribed: new Set<string>(),
        standalone: undefined,
        logLevel: undefined,
        asks: 0,
      };
      const session: Session = { id, owner, person: credential.person, ...about, ...fresh, usedAtMs: clock() };
      sessions.set(id, session);
      return session;
    },
    find(id, credential, path) {
      const session = sessions.get(id);
      if (!session || session.path !== path || session.owner !== ownerOf(credential)) return undefined;
      session.usedAtMs = clock();
      return session;
    },
    end,
    stream(session, lost) {
      forget(session, clock() - limits.resumeKeepMs);
      const stream = new EventStream(limits, session.version >= '2025-11-25', lost);
      session.streams.set(stream.id, stream);
      return stream;
    },
    all: () => sessions.values(),
    close() {
      clearInterval(timer);
      for (const session of sessions.values()) end(session);
    },
  };
}

function busy(session: Session): boolean {
  return session.running.size > 0 || session.standalone?.attached === true;
}

/** All tails of one session together; each of many sessions keeps some. */
const tailBytesMax = 4 * 1024 * 1024;

/** Drops tails that nobody came back for; of the newest 64 only, and the oldest first where they hold too much. */
function forget(session: Session, beforeMs: number): void {
  let extra = session.streams.size - 64;
  let bytes = 0;
  for (const stream of session.streams.values()) bytes += stream.keptBytes;
  for (const [id, stream] of session.streams) {
    if (stream.endedAtMs === undefined || !(extra-- > 0 || bytes > tailBytesMax || stream.endedAtMs < beforeMs)) continue;
    bytes -= stream.keptBytes;
    session.streams.delete(id);
  }
}

/** The least recently used idle session of the same owner gives way; of anybody only when all places are taken. */
function makeRoom(sessions: ReadonlyMap<string, Session>, owner: string, limits: GatewayLimits, end: (session: Session) => void): void {
  const own = [...sessions.values()].filter((session) => session.owner === owner);
  const crowded = own.length >= limits.sessionsPerCredentialMax ? own : sessions.size >= limits.sessionsMax ? [...sessions.values()] : [];
  const oldest = crowded.sort((a, b) => Number(busy(a)) - Number(busy(b)) || a.usedAtMs - b.usedAtMs)[0];
  if (oldest) end(oldest);
}
