import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../support/databases.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';
import { type Desk, openDesk } from './desk.ts';

const errors = ['urn:ietf:params:scim:api:messages:2.0:Error'];
const patchOf = (...Operations: readonly object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });

/** RFC 7643, section 8.2, shortened; an attribute that means nothing here is kept all the same. */
const bjensen = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
  externalId: '701984',
  userName: 'bjensen@example.com',
  name: { formatted: 'Ms. Barbara J Jensen, III', familyName: 'Jensen', givenName: 'Barbara' },
  displayName: 'Babs Jensen',
  nickName: 'Babs',
  emails: [
    { value: 'bjensen@example.com', type: 'work', primary: true },
    { value: 'babs@jensen.org', type: 'home' },
  ],
  active: true,
  'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: '701984', department: 'Tour Operations' },
  'urn:trapkey:params:scim:schemas:1.0:User': { region: 'EMEA' },
};

const policy = (url: string) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
---
directory:
  - { person: filed@corp.example, groups: ["Tour-Guides"] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm
tools: { look: { effect: read }, list: { effect: read } }
---
plugin: desk
owner: revops@corp.example
for: ["group:Tour-Guides"]
release: { version: 1.0.0 }
connectors: [crm]
---
entitlement: own-region
groups: [Tour-Guides]
allow: [{ connector: crm, rows: "row.region == person.region" }]
`;

describe.each(databases)('SCIM 2.0 on $name', (database) => {
  let desk: Desk;
  let upstream: RecordingUpstream;
  beforeAll(async () => {
    const rows = [
      { id: 1, region: 'EMEA' },
      { id: 2, region: 'APAC' },
    ];
    upstream = await startUpstream({ look: { answer: () => ({ content: [{ type: 'text', text: JSON.stringify(rows) }] }) }, list: {} });
    desk = await openDesk({ policy: policy(upstream.url), database });
  });
  afterAll(async () => {
    await desk.close();
    await upstream.close();
  });

  it('lets in only a credential of its own, and says so as the RFC does', async () => {
    const none = await desk.scim('GET', '/Users', undefined, { authorization: '' });
    expect([none.status, none.body.schemas, none.body.status, none.headers.get('content-type')]).toEqual([
      401,
      errors,
      '401',
      'application/scim+json',
    ]);
    const agent = await desk.connect('filed@corp.example', 'crm');
    expect((await desk.scim('GET', '/Users', undefined, { authorization: `Bearer ${agent}` })).status).toBe(401);
    // And it opens nothing else.
    const [own] = desk.written.filter(({ action, detail }) => action === 'token.issued' && detail?.includes('for scim'));
    expect(own).toBeUndefined();
  });

  it('tells what it can do', async () => {
    expect((await desk.scim('GET', '/ServiceProviderConfig')).body).toMatchObject({
      patch: { supported: true },
      filter: { supported: true },
      bulk: { supported: false },
      etag: { supported: true },
    });
    const types = (await desk.scim('GET', '/ResourceTypes')).body;
    expect(types.Resources.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(['/Users', '/Groups']);
    expect((await desk.scim('GET', '/Schemas')).body.totalResults).toBe(4);
    expect((await desk.scim('GET', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User')).body.name).toBe('User');
    expect((await desk.scim('GET', '/Nothing')).body).toMatchObject({ schemas: errors, status: '404' });
  });

  it('creates, reads, replaces, finds, pages and patches people, and refuses what contradicts', async () => {
    const made = await desk.scim('POST', '/Users', bjensen);
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect(made.headers.get('location')).toBe(`${desk.url}/scim/v2/Users/${id}`);
    expect(made.body).toMatchObject({
      userName: 'bjensen@example.com',
      nickName: 'Babs',
      meta: { resourceType: 'User', version: 'W/"1"' },
    });
    const twice = await desk.scim('POST', '/Users', { ...bjensen, userName: 'BJensen@example.com' });
    expect([twice.status, twice.body.scimType]).toEqual([409, 'uniqueness']);
    expect((await desk.scim('POST', '/Users', { displayName: 'nobody' })).body).toMatchObject({ status: '400', scimType: 'invalidValue' });
    expect((await desk.scim('POST', '/Users', '{"userName":"a","userName":"b"}')).body).toMatchObject({
      status: '400',
      scimType: 'invalidSyntax',
    });

    const byName = await desk.scim('GET', `/Users?filter=${encodeURIComponent('userName eq "BJENSEN@example.com"')}&attributes=userName`);
    expect(byName.body).toMatchObject({ totalResults: 1, startIndex: 1, itemsPerPage: 1 });
    expect(Object.keys(byName.body.Resources[0]).sort()).toEqual(['id', 'meta', 'schemas', 'userName']);
    const rfc = [
      'name.familyName co "jens"',
      'emails[type eq "work" and value co "@example.com"]',
      'userName sw "bj" and active eq true',
      'not (nickName eq "X") and externalId eq "701984"',
    ];
    for (const filter of rfc)
      expect((await desk.scim('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.totalResults, filter).toBe(1);
    expect((await desk.scim('GET', `/Users?filter=${encodeURIComponent('userName eq')}`)).body).toMatchObject({
      status: '400',
      scimType: 'invalidFilter',
    });
    expect((await desk.scim('POST', '/Users/.search', { filter: 'nickName pr', count: 1 })).body.itemsPerPage).toBe(1);

    for (const n of [1, 2, 3]) expect((await desk.scim('POST', '/Users', { userName: `p${n}@corp.example` })).status).toBe(201);
    const page = (await desk.scim('GET', '/Users?startIndex=2&count=2')).body;
    expect([page.totalResults, page.startIndex, page.itemsPerPage]).toEqual([4, 2, 2]);
    expect((await desk.scim('GET', '/Users?count=0')).body).toMatchObject({ totalResults: 4, itemsPerPage: 0 });

    const put = await desk.scim('PUT', `/Users/${id}`, { ...bjensen, nickName: 'Babsi' }, { 'if-match': 'W/"1"' });
    expect([put.status, put.body.nickName, put.headers.get('etag')]).toEqual([200, 'Babsi', 'W/"2"']);
    expect((await desk.scim('PUT', `/Users/${id}`, bjensen, { 'if-match': 'W/"1"' })).status).toBe(412);
    const patched = await desk.scim(
      'PATCH',
      `/Users/${id}`,
      patchOf(
        { op: 'Replace', path: 'displayName', value: 'Barbara' },
        { op: 'add', path: 'emails[type eq "work"].display', value: 'at work' },
        { op: 'remove', path: 'nickName' },
        { op: 'replace', value: { title: 'Guide', id: 'forged' } },
      ),
    );
    expect(patched.body).toMatchObject({ id, displayName: 'Barbara', title: 'Guide' });
    expect(patched.body.nickName).toBeUndefined();
    expect((await desk.scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'id', value: 'x' }))).body.scimType).toBe('mutability');
    expect((await desk.scim('PATCH', `/Users/${id}`, { Operations: [] })).body.scimType).toBe('invalidSyntax');
    expect((await desk.scim('GET', `/Users/${id}`, undefined, { 'if-none-match': 'W/"3"' })).status).toBe(304);
  });

  it('is the directory: who is put into a group may, and who is taken out, deactivated or deleted may not, from the next call on', async () => {
    const find = async (name: string) =>
      (await desk.scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${name}"`)}`)).body.Resources[0].id;
    const [babs, other] = [await find('bjensen@example.com'), await find('p1@corp.example')];
    const group = await desk.scim('POST', '/Groups', { displayName: 'Tour-Guides', members: [{ value: babs }, { value: 'nobody' }] });
    expect(group.body.members.map(({ value }: { value: string }) => value)).toEqual([babs]);
    const path = `/Groups/${group.body.id}`;
    expect((await desk.scim('GET', `/Groups?filter=${encodeURIComponent(`members[value eq "${babs}"]`)}`)).body.totalResults).toBe(1);
    expect((await desk.scim('GET', `/Users/${babs}`)).body.groups).toMatchObject([{ value: group.body.id, display: 'Tour-Guides' }]);

    const token = await desk.connect('babs@jensen.org', 'crm');
    const seen = await desk.call(token, 'crm', 'look');
    expect(JSON.parse(seen.text.split('\n')[0] ?? '')).toEqual([{ id: 1, region: 'EMEA' }]);
    await expect(desk.connect('p1@corp.example', 'crm')).rejects.toThrow('does not include p1@corp.example');
    await desk.scim('PATCH', path, patchOf({ op: 'add', path: 'members', value: [{ value: other }] }));
    const second = await desk.connect('p1@corp.example', 'crm');
    // Nobody said what their region is, so none of the rows is theirs.
    expect((await desk.call(second, 'crm', 'look')).text.split('\n')[0]).toBe('[]');

    await desk.scim('PATCH', path, patchOf({ op: 'remove', path: `members[value eq "${other}"]` }));
    const before = upstream.calls.length;
    expect((await desk.call(second, 'crm', 'look')).text).toContain('not_for_person');

    await desk.scim('PATCH', `/Users/${babs}`, patchOf({ op: 'replace', path: 'active', value: 'False' }));
    const refused = await desk.call(token, 'crm', 'look');
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining('deactivated')]);
    await desk.scim('PATCH', `/Users/${babs}`, patchOf({ op: 'replace', value: { active: true } }));
    expect((await desk.call(token, 'crm', 'look')).isError).toBe(false);

    expect((await desk.scim('DELETE', `/Users/${babs}`)).status).toBe(204);
    expect((await desk.scim('GET', `/Users/${babs}`)).status).toBe(404);
    expect((await desk.call(token, 'crm', 'look')).status).toBe(401);
    expect(upstream.calls.length).toBe(before + 1);
    expect((await desk.scim('GET', path)).body.members ?? []).toEqual([]);
    const actions = desk.written.flatMap(({ action }) => action ?? []);
    expect(actions).toEqual(
      expect.arrayContaining([
        'person.provisioned',
        'group.provisioned',
        'group.changed',
        'person.deactivated',
        'person.activated',
        'person.removed',
      ]),
    );
  });
});
