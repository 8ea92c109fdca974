import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

const sessionMaxAgeS = 12 * 3_600;
const keepMaxAgeS = 600;

/** The cookies of one browser. Over https their names bind them to this host alone. */
export interface Cookies {
  readonly session: string | undefined;
  readonly browser: string | undefined;
  readonly kept: Readonly<Record<string, string>>;
  setSession(token: string): void;
  endSession(): void;
  setBrowser(value: string): void;
  keep(name: string, value: string): void;
}

/** Reads and writes them. Lax, because people arrive by links in messages; what changes something is a POST with a token. */
export function cookiesOf(context: Context, secure: boolean): Cookies {
  const name = (word: string) => `${secure ? '__Host-' : ''}trapkey-${word}`;
  const options = { httpOnly: true, secure, sameSite: 'Lax', path: '/' } as const;
  const all = getCookie(context);
  const prefix = name('keep-');
  return {
    session: all[name('session')],
    browser: all[name('browser')],
    kept: Object.fromEntries(
      Object.entries(all).flatMap(([key, value]) => (key.startsWith(prefix) && value ? [[key.slice(prefix.length), value] as const] : [])),
    ),
    setSession: (token) => setCookie(context, name('session'), token, { ...options, maxAge: sessionMaxAgeS }),
    endSession: () => setCookie(context, name('session'), '', { ...options, maxAge: 0 }),
    setBrowser: (value) => setCookie(context, name('browser'), value, options),
    keep: (word, value) => setCookie(context, name(`keep-${word}`), value, { ...options, maxAge: value === '' ? 0 : keepMaxAgeS }),
  };
}
