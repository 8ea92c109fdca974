import type { JsonObject } from '@trapkey/contract/json.ts';
import type { GatewayDoors, TicketSide } from '../doors.ts';
import { resumeTicket } from '../resuming.ts';
import { type Asking, type OwnAnswer, type OwnTool, textResult } from './own-tool.ts';

const secondsMax = 40;
const secondsDefault = 20;

/** `trapkey_wait`: comes back for a held call. Once a person approved, exactly what was frozen runs, once. */
export function waitTool(doors: Pick<GatewayDoors, 'handle' | 'clock'>, side: TicketSide): OwnTool {
  return {
    definition: {
      name: 'trapkey_wait',
      title: 'Wait for an approval',
      description:
        'Waits for a person to decide a held call, given by its ticket. Once approved, carries out exactly that call, once, and gives its result. Decides nothing itself.',
      inputSchema: {
        type: 'object',
        properties: {
          ticket: { type: 'string', maxLength: 64, description: 'The ticket, as the held call named it: TK-…' },
          seconds: {
            type: 'integer',
            minimum: 0,
            maximum: secondsMax,
            default: secondsDefault,
            description: 'How long to wait for a decision',
          },
        },
        required: ['ticket'],
        additionalProperties: false,
      },
      // What was approved may be anything; a second call of it does nothing more.
      annotations: { title: 'Wait for an approval', readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
    },
    async run(args, asking) {
      const wanted = wantedOf(args);
      if (typeof wanted === 'string') return textResult(`NOT DONE: ${wanted} Nothing was changed.`, true);
      return await waitFor({ ...doors, tickets: side }, side, wanted, asking);
    },
  };
}

interface Wanted {
  readonly ticket: string;
  readonly seconds: number;
}

function wantedOf(args: JsonObject): Wanted | string {
  const { ticket, seconds = secondsDefault, ...rest } = args;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `trapkey_wait has no argument ${unknown.slice(0, 40)}.`;
  if (typeof ticket !== 'string' || ticket === '' || ticket.length > 64) return 'trapkey_wait needs a ticket, such as {"ticket":"TK-…"}.';
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0 || seconds > secondsMax)
    return `trapkey_wait takes 0 to ${secondsMax} whole seconds.`;
  return { ticket, seconds };
}

async function waitFor(
  doors: Pick<GatewayDoors, 'handle' | 'tickets' | 'clock'>,
  { texts }: TicketSide,
  { ticket, seconds }: Wanted,
  { caller, client, listeners, patience }: Asking,
): Promise<OwnAnswer> {
  const waiting = patience(seconds * 1_000);
  try {
    const came = await resumeTicket(doors, { ticket, caller, client, listeners, patience: waiting });
    if (!came) return textResult(texts.none(ticket), true);
    if (came.kind === 'handled') return came;
    return textResult(texts[came.kind](came.ticket), true, { _meta: { 'io.trapkey/decision': { ticket: came.ticket.view.id } } });
  } finally {
    waiting.end();
  }
}
