import type { AlertTargetDocument } from '@trapkey/contract/policy/alerts.ts';
import type { AlertRules, AlertTarget, TargetName } from '../../kernel/alert-rules.ts';
import type { Valid } from '../validate.ts';
import { type CompileContext, wrong } from './context.ts';
import { resolveEnv } from './environment.ts';

type OrganizationDocument = Extract<Valid, { kind: 'organization' }>;

/** Where people are told; addresses and secrets filled in from the environment, and looked at before anything is sent there. */
export function compileAlerts(context: CompileContext, document: OrganizationDocument): AlertRules | undefined {
  const written = document.body.alerts;
  if (!written) return undefined;
  const target = (name: TargetName): AlertTarget | undefined => {
    const own = written[name];
    return own === undefined || own === 'email' ? undefined : compileTarget(context, document, name, own);
  };
  const [approvals, operations, security] = [target('approvals'), target('operations'), target('security')];
  const owners = written.owners === 'email' ? mailed(context, document, [operations, approvals, security]) : target('owners');
  const set = {
    ...(approvals && { approvals }),
    ...(operations && { operations }),
    ...(security && { security }),
    ...(owners && { owners }),
  };
  return { network: written.network, ...set };
}

/** `owners: email`: by the mail server that another target names. */
function mailed(
  context: CompileContext,
  document: OrganizationDocument,
  others: readonly (AlertTarget | undefined)[],
): AlertTarget | undefined {
  const email = others.find((one) => one?.email)?.email;
  if (email) return { email: { ...email, to: 'asked' } };
  wrong(context, document, ['alerts', 'owners'], '`owners: email` needs a mail server: give operations, approvals or security an `email`');
  return undefined;
}

function compileTarget(context: CompileContext, document: OrganizationDocument, name: string, written: AlertTargetDocument): AlertTarget {
  const fill = (path: readonly string[], text: string) => resolveEnv(context, document, ['alerts', name, ...path], text);
  const checked = (path: readonly string[], text: string, protocols: readonly string[]): string => {
    const before = context.problems.length;
    const filled = fill(path, text);
    if (context.problems.length > before || protocols.includes(URL.canParse(filled) ? new URL(filled).protocol : '')) return filled;
    wrong(context, document, ['alerts', name, ...path], `This is no address that begins with ${protocols.join('// or ')}//`);
    return filled;
  };
  return {
    ...(written.slack !== undefined && { slack: checked(['slack'], written.slack, ['https:', 'http:']) }),
    ...(written.webhook && {
      webhook: {
        url: checked(['webhook', 'url'], written.webhook.url, ['https:', 'http:']),
        secret: signing(context, document, name, fill(['webhook', 'secret'], written.webhook.secret)),
      },
    }),
    ...(written.email && {
      email: { smtp: checked(['email', 'smtp'], written.email.smtp, ['smtp:', 'smtps:']), from: written.email.from, to: written.email.to },
    }),
    ...(written.pagerduty && {
      pagerduty: {
        key: fill(['pagerduty', 'key'], written.pagerduty.key),
        url: checked(['pagerduty', 'url'], written.pagerduty.url, ['https:', 'http:']),
      },
    }),
  };
}

/** A key of 24 to 64 bytes in base64, as the standard says; a shorter one could be guessed. */
function signing(context: CompileContext, document: OrganizationDocument, name: string, secret: string): string {
  const bytes = Buffer.from(secret.replace(/^whsec_/, ''), 'base64').length;
  if (secret !== '' && (bytes < 24 || bytes > 64))
    wrong(
      context,
      document,
      ['alerts', name, 'webhook', 'secret'],
      'A webhook secret is 24 to 64 random bytes in base64, with or without whsec_',
    );
  return secret;
}
