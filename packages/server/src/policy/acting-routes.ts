import { type PolicyActed, policyTexts } from '@trapkey/contract/api/policy.ts';
import type { ApplyReport, SignReport } from '@trapkey/contract/policy/reports.ts';
import { z } from 'zod';
import type { ProvenPerson } from '../kernel/approvals.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../kernel/http.ts';
import { isFresh } from '../kernel/sessions.ts';
import { bodyBytesMax, type PolicyDoors, plain } from './desk/doors.ts';
import { followInFolder } from './desk/following.ts';
import { acted, mustChange, proposeTexts, withdrawProposal } from './desk/propose.ts';
import { readSet } from './read.ts';

const changing = ['administrator'] as const;
const word = z.string().min(1).max(200);
/** Whoever acts names what they looked at, so that nothing else is meant: the set, and what ran (`<digest>#<generation>`). */
const proposing = z.strictObject({ files: policyTexts, note: z.string().trim().max(500).default(''), running: word });
const named = z.strictObject({ digest: word });
const meant = named.extend({ running: word });

/** Changing the policy: proposing, publishing, going back, withdrawing, signing. */
export function actingRoutes(doors: PolicyDoors): readonly Route[] {
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
