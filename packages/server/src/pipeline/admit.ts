import type { Admitted } from '../kernel/announced.ts';
import type { Call } from '../kernel/call.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Handle } from '../kernel/handle.ts';
import { decidedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { handleWith } from './handle.ts';

/** What came of a call that its client runs itself. `admitted` is set where it may. */
export type Let = Awaited<ReturnType<Handle>> | { readonly kind: 'admitted'; readonly call: string; readonly admitted: Admitted };

/** Decides a call that the client runs itself. What is let run is durable before the client hears it. */
export type Admit = (call: Call, durable: (admitted: Admitted) => Promise<boolean>) => Promise<Let>;

/**
 * The same list, frame and transaction as for any call, but nothing is dispatched from here: `executed` comes with a later
 * hook, else the call is closed as unknown.
 */
export function admitWith(frame: Frame): Admit {
  return async (call, durable) => {
    let let_: Let | undefined;
    const handle = handleWith(frame, async (_, { facts, parts, warnings }) => {
      const { ticket } = facts.released;
      const admitted: Admitted = {
        call: facts.call.id,
        ticket,
        run: facts.subject.run.id,
        args: facts.call.args,
        instead: ticket !== undefined,
        entry: decidedEntry(parts, facts.released),
      };
      if (!(await durable(admitted))) throw new RecordUnavailable('the same call was let run by another process');
      let_ = { kind: 'admitted', call: facts.call.id, admitted };
      return { kind: 'result', call: facts.call.id, result: {}, warnings };
    });
    const handled = await handle(call, { signal: new AbortController().signal });
    return handled.kind === 'result' && let_ ? let_ : handled;
  };
}
