import { refusal } from '@trapkey/contract/api/refusal.ts';
import { session } from '@trapkey/contract/api/session.ts';
import { z } from 'zod';

/** What the server said instead of an answer, in its own words. */
export class Refused extends Error {
  /** HTTP status; 0 where nothing came back. */
  readonly status: number;
  readonly code: string;
  readonly next: string | null;
  constructor(status: number, code: string, says: string, next: string | null) {
    super(says);
    this.status = status;
    this.code = code;
    this.next = next;
  }
}

/** Values of a query string; what is undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** An address of the API with its query. */
function addressOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [[key, String(value)]]));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** Asks for something. What comes back is read with its schema, so that a screen never works with something else. */
export async function get<T>(path: string, schema: z.ZodType<T>, query?: Query, signal?: AbortSignal): Promise<T> {
  return await read(await ask(addressOf(path, query), { signal: signal ?? null }), schema);
}

/** Changes something. */
export async function post<T>(path: string, schema: z.ZodType<T>, body: unknown, signal?: AbortSignal): Promise<T> {
  return await read(await sent(path, body, signal), schema);
}

/** The same for what is answered with a file. */
export async function postForReply(path: string, body: unknown): Promise<Response> {
  const reply = await sent(path, body);
  if (!reply.ok) throw await refusedWith(reply);
  return reply;
}

async function sent(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const send = async (token: string) =>
    await ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': token },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
  let reply = await send(csrf ?? (await renewed()));
  // The session was replaced meanwhile, in another tab or by showing a credential: nothing was done, so it is sent once more.
  if (reply.status === 403 && (await refusedWith(reply.clone())).code === 'stale_form') reply = await send(await renewed());
  return reply;
}

/** The token that goes with what changes something. */
let csrf: string | undefined;

/** Keeps what the session says of it. */
export function keepToken(token: string | undefined): void {
  csrf = token;
}

async function renewed(): Promise<string> {
  const { csrf: token } = await get('/api/session', session);
  keepToken(token);
  return token;
}

async function ask(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { credentials: 'same-origin', ...init, headers: { accept: 'application/json', ...init.headers } });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Refused(
      0,
      'unreachable',
      'The gateway did not answer. What the record does not show did not happen.',
      'Try again in a moment.',
    );
  }
}

async function read<T>(reply: Response, schema: z.ZodType<T>): Promise<T> {
  if (!reply.ok) throw await refusedWith(reply);
  const parsed = schema.safeParse(await reply.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Refused(
    reply.status,
    'unreadable_answer',
    `The gateway answered something that this page cannot read${where === '' ? '' : ` (${where})`}. It may have been upgraded.`,
    'Load the page again.',
  );
}

const unworded = z.unknown();

async function refusedWith(reply: Response): Promise<Refused> {
  const body = unworded.parse(await reply.json().catch(() => undefined));
  const parsed = refusal.safeParse(body);
  if (parsed.success) return new Refused(reply.status, parsed.data.code, parsed.data.says, parsed.data.next);
  return new Refused(reply.status, 'unknown', `The gateway answered with status ${reply.status} and no words.`, 'Try again in a moment.');
}
