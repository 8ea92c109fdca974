// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the policy's own way to name an environment variable
import { describe, expect, it } from 'vitest';
import { compileSet } from './set.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const env = {
  SLACK: 'https://hooks.slack.example/services/T/B/x',
  HOOK: `whsec_${key}`,
  SHORT: 'c2hvcnQ=',
  SMTP: 'smtp://u:p@mail.example:587',
};

function compile(alerts: string) {
  return compileSet({ 'o.yaml': `organization: corp\nalerts: ${alerts}\n` }, env);
}

describe('alerts', () => {
  it('have their secrets filled in from the environment', () => {
    const compiled = compile(
      '{ approvals: { slack: "${env:SLACK}", webhook: { url: "https://in.example/h", secret: "${env:HOOK}" }, email: { smtp: "${env:SMTP}", from: t@corp.example } } }',
    );
    expect(compiled.ok && compiled.set.organization.alerts).toEqual({
      network: 'public',
      approvals: {
        slack: env.SLACK,
        webhook: { url: 'https://in.example/h', secret: env.HOOK },
        email: { smtp: env.SMTP, from: 't@corp.example', to: 'asked' },
      },
    });
  });

  it('name who hears of trouble; owners are mailed by the server that another target names', () => {
    const compiled = compile(
      '{ operations: { email: { smtp: "${env:SMTP}", from: t@corp.example, to: [ops@corp.example] } }, security: { pagerduty: { key: "${env:SHORT}" } }, owners: email }',
    );
    expect(compiled.ok && compiled.set.organization.alerts).toMatchObject({
      security: { pagerduty: { key: env.SHORT, url: 'https://events.pagerduty.com/v2/enqueue' } },
      owners: { email: { smtp: env.SMTP, from: 't@corp.example', to: 'asked' } },
    });
  });

  it.each([
    ['{ owners: email }', 'needs a mail server'],
    ['{ approvals: { slack: "https://hooks.slack.example/services/T/B/x" } }', 'A secret comes from the environment'],
    ['{ approvals: { slack: "${env:NOT_SET}" } }', 'The environment variable NOT_SET is not set'],
    ['{ approvals: { slack: "${env:HOOK}" } }', 'This is no address that begins with https:// or http://'],
    ['{ approvals: { webhook: { url: "ftp://x.example", secret: "${env:HOOK}" } } }', 'This is no address'],
    ['{ approvals: { webhook: { url: "https://x.example", secret: "${env:SHORT}" } } }', '24 to 64 random bytes'],
    ['{ approvals: { email: { smtp: "${env:SLACK}", from: t@corp.example } } }', 'begins with smtp:// or smtps://'],
    ['{ approvals: { teams: x } }', 'teams'],
  ])('%s is a mistake', (written, says) => {
    const compiled = compile(written);
    const problems = compiled.ok ? [] : compiled.problems;
    expect(problems.map((problem) => problem.says).join('\n')).toContain(says);
    for (const secret of Object.values(env)) expect(JSON.stringify(problems)).not.toContain(secret);
  });
});
