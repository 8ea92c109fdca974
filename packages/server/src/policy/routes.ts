import { type PolicyActed, type PolicyReplay, policyTexts } from '@trapkey/contract/api/policy.ts';
import type { Json } from '@trapkey/contract/json.ts';
import type { ApplyReport, SignReport } from '@trapkey/contract/policy/reports.ts';
import { z } from 'zod';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../kernel/http.ts';
import type { PolicySet } from '../kernel/rules.ts';
import { isFresh } from '../kernel/sessions.ts';
import { lookers, openers } from '../kernel/sight.ts';
import type { PolicyFiles } from './compile/set.ts';
import { type AskedPerson, effectiveOf } from './desk/effective.ts';
import { followInFolder } from './desk/following.ts';
import { listSets } from './desk/history-read.ts';
import { type Sent, seesLists, withLists } from './desk/lists.ts';
import { checkTexts, type LookingParts, policyNow, setShown } from './desk/looking.ts';
import { acted, mustChange, proposeTexts, withdrawProposal } from './desk/propose.ts';
import { oneAtATime } from './desk/turns.ts';
import type { OpenPolicy } from './open.ts';
import { readSet } from './read.ts';

const bodyBytesMax = 8 * 2 ** 20;
const textCharactersMax = 4 * 2 ** 20;
const historyMax = 50;
const looking = [...lookers, 'approver', 'owner'] as const;
const changing = ['administrator'] as const;

/** What the addresses of policy work with. */
export interface PolicyDoors extends LookingParts {
  readonly policy: Pick<OpenPolicy, 'apply' | 'rollback' | 'sign' | 'undisturbed'>;
  /** As it decides now, the catalog laid over it. */
  readonly current: () => PolicySet;
  readonly person: (name: string) => Promise<AskedPerson>;
  /** Opens what was sealed with the last decisions, for somebody who may. */
  readonly replay: (sent: Sent, asked: { readonly last: number; readonly person: string }) => Promise<PolicyReplay>;
}

const texts = z.strictObject({ files: policyTexts });
const replaying = texts.extend({ last: z.int().min(1).max(5_000).default(1_000) });
const word = z.string().min(1).max(200);
/** Whoever acts names what they looked at, so that nothing else is meant: the set, and what ran (`<digest>#<generation>`). */
const proposing = texts.extend({ note: z.string().trim().max(500).default(''), running: word });
const named = z.strictObject({ digest: word });
const meant = named.extend({ running: word });

/** The policy over HTTP: the same functions as the commands', on texts instead of a folder. */
export function policyRoutes(doors: PolicyDoors): readonly Route[] {
  return [...reading(doors), ...trying(doors), ...acting(doors)];
}

function reading(doors: PolicyDoors): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/policy',
      permission: looking,
      async handle(asked) {
        const now = await policyNow(doors, seesLists(signedIn(asked).who));
        if (!now) throw new HttpRefusal(404, 'not_found', 'No policy is published yet.');
        return { json: plain(now) };
      },
    }),
    route({
      method: 'GET',
      path: '/api/policy/effective',
      permission: looking,
      async handle({ query }) {
        const person = query['person'] ? await doors.person(query['person']) : undefined;
        return { json: effectiveOf(doors.current(), query['plugin'] || undefined, person) satisfies Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/policy/history',
      permission: looking,
      handle: async (asked) => ({ json: await history(doors, asked) }),
    }),
    route({
      method: 'GET',
      path: '/api/policy/sets/:digest',
      permission: looking,
      async handle(asked) {
        const shown = await setShown(doors, asked.params['digest'] ?? '', seesLists(signedIn(asked).who));
        if (!shown) throw new HttpRefusal(404, 'not_found', 'There is no such set of policy.', 'See /api/policy/history.');
        return { json: plain(shown) };
      },
    }),
  ];
}

async function history(doors: PolicyDoors, { query }: Asked<unknown>): Promise<Json> {
  const [, atMs, digest] = /^(\d{1,16})\.(sha256:[0-9a-f]{64})$/.exec(query['after'] ?? '') ?? [];
  const after = atMs === undefined || digest === undefined ? undefined : { atMs: Number(atMs), digest };
  const sets = await listSets(doors.database, after, historyMax + 1);
  const page = sets.slice(0, historyMax);
  const last = sets.length > historyMax ? page.at(-1) : undefined;
  const running = doors.current().digest;
  return { sets: page.map((one) => ({ ...one, runs: one.digest === running })), next: last ? `${last.atMs}.${last.digest}` : null };
}

function trying(doors: PolicyDoors): readonly Route[] {
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
      permission: looking,
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

function acting(doors: PolicyDoors): readonly Route[] {
  const { policy } = doors;
  const changed = (path: `/${string}`, act: (by: ProvenPerson, of: z.output<typeof meant>) => Promise<ApplyReport>) =>
    route({
      method: 'POST',
      path,
      permission: changing,
      body: meant,
      async handle(asked) {
        const by = fresh(asked);
        return { json: plain(await policy.undisturbed(async () => await published(doors, await act(by, asked.body)))) };
      },
    });
  return [
    route({
      method: 'POST',
      path: '/api/policy/propose',
      permission: changing,
      body: proposing,
      bodyBytesMax,
      handle: async (asked) => ({ json: plain(await proposeTexts(doors, fresh(asked), asked.body)) }),
    }),
    changed('/api/policy/publish', (by, of) => policy.apply(by, of)),
    changed('/api/policy/rollback', (by, of) => policy.rollback(by, of)),
    route({
      method: 'POST',
      path: '/api/policy/withdraw',
      permission: changing,
      body: named,
      handle: async (asked) => ({ json: plain(await withdrawProposal(doors, fresh(asked), asked.body.digest)) }),
    }),
    route({
      method: 'POST',
      path: '/api/policy/sign',
      // Who may sign is named by the rule that asks for it.
      permission: 'signed in',
      body: named,
      handle: async (asked) => ({ json: plain(signed(await policy.sign(stepped(asked), asked.body.digest))) }),
    }),
  ];
}

/** As it is sent: without what is undefined. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function fresh(asked: Asked<unknown>): ProvenPerson {
  const by = stepped(asked);
  mustChange(by, asked.atMs);
  return by;
}

/** Whoever changes what everybody may do shows a credential, not only a session. */
function stepped(asked: Asked<unknown>): ProvenPerson {
  const { who } = signedIn(asked);
  if (isFresh(who, asked.atMs)) return who;
  const says = `To change the policy, ${who.person} must have shown a credential within the last 5 minutes. Nothing was changed.`;
  throw new HttpRefusal(403, 'step_up_needed', says, 'Show it at /prove, then send it again.');
}

async function published(doors: PolicyDoors, report: ApplyReport): Promise<PolicyActed> {
  if (report.status === 'second_person')
    return acted('second_person', report.digest, `${report.first} said so; another administrator has to publish it.`);
  if (report.status === 'sign_off') return acted('sign_off', report.digest, [report.says, ...report.why].join(' '));
  if (report.status === 'refused') return acted('refused', null, report.says, report.errors);
  if (report.status === 'nothing') return acted('nothing', null, report.says);
  const files = (await readSet(doors.database, report.digest))?.files;
  const folder = files ? await followInFolder(doors, report.previous, files) : '';
  return acted('applied', report.digest, `It runs, as generation ${report.generation}. ${folder}`.trim());
}

function signed(report: SignReport): PolicyActed {
  if (report.status === 'nothing') return acted('nothing', null, report.says);
  return acted('signed', report.digest, `${report.signed} of ${report.needs} signed it.`);
}
