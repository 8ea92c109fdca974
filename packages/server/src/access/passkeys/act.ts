import { UserError } from '../../kernel/errors.ts';
import { changeOf, mustBeFresh, type PasskeyParts } from './challenge.ts';
import type { Passkeys } from './passkeys.ts';
import { proving } from './prove.ts';
import { readPasskeys } from './read.ts';
import { registering } from './register.ts';
import { deletePasskey } from './store.ts';

/** Opens the passkeys of one database. */
export function openPasskeys(parts: PasskeyParts): Passkeys {
  const { recorder, clock } = parts;
  const reader = readPasskeys(parts.database);
  return {
    list: async (person) => (await reader.of(person)).map(({ id, label, created_at_ms }) => ({ id, label, createdAtMs: created_at_ms })),
    ...registering(parts, reader),
    ...proving(parts, reader),
    async remove(signed, id) {
      mustBeFresh(signed, clock());
      const entries = [changeOf(signed, clock(), 'passkey.removed', id)];
      const committed = await recorder.commit({ entries, steps: (tx) => deletePasskey(tx, id, signed.who.person) });
      if (committed.status !== 'committed') throw new UserError('There is no such passkey of yours. Nothing was changed.');
    },
  };
}
