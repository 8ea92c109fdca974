import type { TokenReader, TokenRow } from './read.ts';
import { sameHash } from './token.ts';

const tokensMax = 20_000;
const pendingMax = 64;
/** Without a refresh from the watcher for this long, a token is looked up again before it is believed. */
const believedForMs = 30_000;
/** Revocations are read again from this long before the last refresh: clocks of nodes differ. */
const overlapMs = 3_600_000;

interface Known {
  readonly row: TokenRow;
  readonly readAtMs: number;
}

/** Tokens that were seen lately, so that a call costs no query. */
export interface LiveTokens {
  /** The row when it is known and fresh; undefined when it must be looked up. */
  peek(hash: string, atMs: number): TokenRow | undefined;
  /** Looks it up; `busy` when too many look-ups wait already. Rejects when the database cannot be read. */
  find(hash: string, atMs: number): Promise<TokenRow | undefined | 'busy'>;
  /** Reads revocations; the watcher calls it when the database changed. */
  refresh(atMs: number): Promise<void>;
}

/** A bounded memory of valid tokens. Unknown ones are not remembered: they would push out the known. */
export function rememberTokens(tokens: TokenReader): LiveTokens {
  const known = new Map<string, Known>();
  const pending = new Map<string, Promise<TokenRow | undefined>>();
  let refreshedAtMs = 0;
  let generation = 0;

  const load = async (hash: string, atMs: number): Promise<TokenRow | undefined> => {
    const before = generation;
    const row = await tokens.byHash(hash);
    // Constant time, although the index has compared already: only who holds the key can choose the bytes.
    if (!row || !sameHash(row.hash, hash)) {
      known.delete(hash);
      return undefined;
    }
    // A refresh meanwhile may have read a revocation that this row does not show: not remembered then.
    if (before === generation && row.revoked_at_ms === null) {
      known.delete(hash);
      if (known.size >= tokensMax) known.delete(known.keys().next().value as string);
      known.set(hash, { row, readAtMs: atMs });
    } else known.delete(hash);
    return row;
  };

  return {
    peek(hash, atMs) {
      const found = known.get(hash);
      if (!found || atMs - Math.max(found.readAtMs, refreshedAtMs) > believedForMs) return undefined;
      return found.row;
    },
    find(hash, atMs) {
      const waiting = pending.get(hash);
      if (waiting) return waiting;
      if (pending.size >= pendingMax) return Promise.resolve('busy');
      const asked = load(hash, atMs).finally(() => pending.delete(hash));
      pending.set(hash, asked);
      return asked;
    },
    async refresh(atMs) {
      generation++;
      // Before the first refresh nothing was believed for longer than `believedForMs`, which the overlap covers.
      const revoked = await tokens.revokedSince((refreshedAtMs || atMs) - overlapMs);
      generation++;
      for (const hash of revoked) known.delete(hash);
      refreshedAtMs = Math.max(refreshedAtMs, atMs);
    },
  };
}
