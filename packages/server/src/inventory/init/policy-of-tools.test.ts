import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compileSet } from '../../policy/compile/set.ts';
import { policyOfTools } from './policy-of-tools.ts';

const shape = (name: string, description: string, properties: object = {}, required: readonly string[] = []) =>
  ({ name, description, inputSchema: { type: 'object', properties, required } }) as never;

const crm = {
  name: 'My CRM',
  upstream: { url: 'https://crm.corp.example/mcp' },
  tools: [
    shape('search_contacts', 'Search contacts by name'),
    shape('delete_contacts', 'Delete contacts for good', { ids: { type: 'array', items: { type: 'string' } } }, ['ids']),
    shape('send_email', 'Send an email to a contact', { to: { type: 'string' } }, ['to']),
    shape('frobnicate', 'Frobs'),
  ],
};
const choice = { organization: 'Corp', owner: 'you@corp.example', plugin: 'first', servers: [crm] };

it('offers what reads, puts what changes before a person, and leaves out what nobody knows', () => {
  const { files, connectors } = policyOfTools(choice);
  expect(connectors.get('My CRM')).toEqual(['my-crm', 'my-crm-act']);
  const compiled = compileSet(files, {});
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const { set } = compiled;
  expect([...(set.connectors.get('my-crm')?.tools.keys() ?? [])]).toEqual(['search_contacts']);
  const act = set.connectors.get('my-crm-act');
  expect([...(act?.tools ?? [])].map(([name, { effect }]) => `${name} ${effect}`)).toEqual(['delete_contacts delete', 'send_email send']);
  expect(act?.tools.get('delete_contacts')?.reach).toBeDefined();
  expect(set.organization.autonomyStart).toBe('approve');
  expect(files['my-crm.yaml']).toMatch(/# .+\n {2}search_contacts: \{ effect: read/);
  expect(files['my-crm.yaml']).toContain('# frobnicate: ');
  expect(policyOfTools(choice).files).toEqual(files);
});

it('leaves a tool out that no policy can name, and says so', () => {
  const { files } = policyOfTools({
    ...choice,
    servers: [{ ...crm, name: 'crm', tools: [shape('__proto__', 'Delete a record', {}, [])] }],
  });
  expect(compileSet(files, {}).ok).toBe(true);
  expect(files['crm.yaml']).toContain('# __proto__: no policy can name it');
});

it('checks whatever servers and tools are called', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom('yes', 'crm-act', 'crm', '#x: {', '\n- a: b', '__proto__', 'a: b'),
  );
  const tool = fc
    .record({ name: text, description: text })
    .map(({ name, description }) => shape(name, description, { [name]: { type: 'array' } }, [name]));
  const server = fc.record({ name: text, tools: fc.array(tool, { maxLength: 5 }) }).map((one) => ({ ...crm, ...one }));
  fc.assert(
    fc.property(fc.array(server, { minLength: 1, maxLength: 4 }), text, (servers, organization) => {
      const { files } = policyOfTools({ ...choice, organization, servers });
      const compiled = compileSet(files, {});
      if (!compiled.ok) throw new Error(`${JSON.stringify(compiled.problems)}\n${JSON.stringify(files, null, 1)}`);
      const listed = [...compiled.set.connectors.values()].flatMap(({ tools }) => [...tools.keys()]);
      const given = new Set(servers.flatMap(({ tools }) => tools.map((one: { name: string }) => one.name)));
      expect(listed.filter((name) => !given.has(name))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
