import { policyTexts } from '@trapkey/contract/api/policy.ts';
import { z } from 'zod';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../kernel/http.ts';
import { lookers, openers } from '../kernel/sight.ts';
import type { PolicyFiles } from './compile/set.ts';
import { bodyBytesMax, type PolicyDoors, plain } from './desk/doors.ts';
import { type Sent, seesLists, withLists } from './desk/lists.ts';
import { checkTexts } from './desk/looking.ts';
import { oneAtATime } from './desk/turns.ts';

const textCharactersMax = 4 * 2 ** 20;
const texts = z.strictObject({ files: policyTexts });
const replaying = texts.extend({ last: z.int().min(1).max(5_000).default(1_000) });

/** Trying texts that do not run: whether they check, and what they would have decided. */
export function tryingRoutes(doors: PolicyDoors): readonly Route[] {
  const inTurn = oneAtATime();
  const tried = async (asked: Asked<z.output<typeof texts>>, work: (sent: Sent, person: string) => Promise<object>) => {
    const { who } = signedIn(asked);
    const { files } = asked.body;
    mustBeShort(files);
    const json = await inTurn(who.person, async () => await work(await withLists(doors.database, files, seesLists(who)), who.person));
    return { json: plain(json) };
  };
  return [
    route({
      method: 'POST',
      path: '/api/policy/check',
      permission: [...lookers, 'approver', 'owner'],
      body: texts,
      bodyBytesMax,
      handle: async (asked) => await tried(asked, (sent) => checkTexts(doors, sent)),
    }),
    route({
      method: 'POST',
      path: '/api/policy/replay',
      // An expression of one's own asks every sealed payload what it holds.
      permission: openers,
      body: replaying,
      bodyBytesMax,
      handle: async (asked) => await tried(asked, (sent, person) => doors.replay(sent, { last: asked.body.last, person })),
    }),
  ];
}

/** Reading YAML holds everybody up; a list is read in no time. */
function mustBeShort(files: PolicyFiles): void {
  const characters = Object.entries(files).reduce((sum, [name, text]) => sum + (name.endsWith('.csv') ? 0 : text.length), 0);
  if (characters <= textCharactersMax) return;
  const says = `These texts have ${characters} characters without lists; ${textCharactersMax} are the most that are read here.`;
  throw new HttpRefusal(413, 'too_large', says, 'Check them on the host: trapkey policy check.');
}
