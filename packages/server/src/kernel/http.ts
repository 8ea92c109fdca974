import type { Json } from '@trapkey/contract/json.ts';
import type { z } from 'zod';
import { UserError } from './errors.ts';
import type { Html } from './html.ts';
import type { Role } from './people.ts';
import type { Begun, Signed } from './sessions.ts';

/**
 * Who may ask. A list of roles: any of them. `own`: everybody who is signed in for what is theirs, these roles for what is
 * anybody's. `anyone`: nobody has to be signed in.
 */
export type Permission = 'anyone' | 'signed in' | readonly Role[] | { readonly own: readonly Role[] };

/** A request that was let in: signed in where the route says so, its body parsed. */
export interface Asked<B> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: B;
  readonly signed: Signed | undefined;
  /** They may have what is anybody's, and not only what is theirs. */
  readonly wide: boolean;
  /** The session's token, for whoever replaces it. */
  readonly token: string | undefined;
  /** Random value of this browser from before it signed in; binds what began here to what ends here. */
  readonly browser: string;
  /** The hidden field that every form carries. */
  readonly csrf: Html;
  readonly csrfToken: string;
  readonly atMs: number;
  readonly source: string;
  /** The whole address as the browser knows it. */
  readonly url: URL;
  readonly cookies: Readonly<Record<string, string>>;
}

/** What a route answers with. The frame adds headers, cookies and the page around it. */
export type Answer =
  | { readonly json: Json; readonly status?: number; readonly begun?: Begun }
  | { readonly page: Html; readonly title: string; readonly status?: number }
  | { readonly file: string; readonly name: string; readonly type: 'application/json' }
  /**
   * Server-sent events until whoever asked is gone, or until `cut` breaks them off, read or not; or, with a name, a file that
   * is too large to be made at once.
   */
  | {
      readonly stream: (gone: AbortSignal, cut: () => void) => AsyncIterable<string>;
      readonly name?: string;
      readonly type?: 'text/csv' | 'application/x-ndjson';
    }
  | { readonly asset: string; readonly type: 'text/css' | 'text/javascript' | 'image/svg+xml' }
  | {
      readonly location: string;
      readonly begun?: Begun;
      readonly signedOut?: true;
      /** A sealed value that this browser brings back within minutes. */
      readonly keep?: { readonly name: string; readonly value: string };
    };

/** One address. The permission has no default: leaving it out does not compile. */
export interface Route<B = unknown> {
  readonly method: 'GET' | 'POST';
  /** `/api/…` takes and gives JSON; anything else takes forms and gives pages. */
  readonly path: `/${string}`;
  readonly permission: Permission;
  /** Unset for a route that takes none. */
  readonly body?: z.ZodType<B>;
  readonly bodyBytesMax?: number;
  /** What is sent is nobody's form: its bytes prove themselves, and `handle` checks that before anything else. */
  readonly raw?: true;
  /** Somebody could guess here, and each guess costs work: few attempts from one source. */
  readonly guarded?: true;
  handle(asked: Asked<B>): Answer | Promise<Answer>;
}

/** Writes a route with the type of its body inferred, and forgets it for lists. */
export function route<B = undefined>(definition: Route<B>): Route {
  return definition as unknown as Route;
}

/** A body as it came, for a route that checks a signature over it. */
export interface Raw {
  readonly text: string;
  readonly headers: Headers;
}

/** Writes a route for another program that signs what it sends. */
export function rawRoute(definition: Pick<Route<Raw>, 'path' | 'permission' | 'handle' | 'bodyBytesMax'>): Route {
  return route<Raw>({ ...definition, method: 'POST', raw: true });
}

/** A refusal with its HTTP status and a code; its words are shown as they are. */
export class HttpRefusal extends UserError {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 503;
  readonly reason: string;
  constructor(status: HttpRefusal['status'], reason: string, says: string, next?: string) {
    super(says, next);
    this.status = status;
    this.reason = reason;
  }
}

/** Only who is signed in gets this far; for the routes that say so. */
export function signedIn(asked: Pick<Asked<unknown>, 'signed'>): Signed {
  if (!asked.signed) throw new HttpRefusal(401, 'unauthenticated', 'Nobody is signed in.', 'Sign in first.');
  return asked.signed;
}
