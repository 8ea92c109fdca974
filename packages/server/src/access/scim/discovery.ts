import { enterpriseSchema, groupSchema, trapkeySchema, userSchema } from './schema.ts';

export const pageMax = 200;

/** What this endpoint can do (RFC 7643, section 5). */
export const serviceProviderConfig = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: pageMax },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    { type: 'oauthbearertoken', name: 'Bearer token', description: 'A token from `trapkey scim token`', primary: true },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: '/scim/v2/ServiceProviderConfig' },
};

const resourceTypeSchema = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';

/** What is kept here (RFC 7643, section 6). */
export const resourceTypes = [
  {
    schemas: [resourceTypeSchema],
    id: 'User',
    name: 'User',
    endpoint: '/Users',
    description: 'A person',
    schema: userSchema,
    schemaExtensions: [
      { schema: enterpriseSchema, required: false },
      { schema: trapkeySchema, required: false },
    ],
    meta: { resourceType: 'ResourceType', location: '/scim/v2/ResourceTypes/User' },
  },
  {
    schemas: [resourceTypeSchema],
    id: 'Group',
    name: 'Group',
    endpoint: '/Groups',
    description: 'A group that policy may name',
    schema: groupSchema,
    meta: { resourceType: 'ResourceType', location: '/scim/v2/ResourceTypes/Group' },
  },
];

interface Shape {
  readonly type?: string;
  readonly multiValued?: boolean;
  readonly required?: boolean;
  readonly uniqueness?: string;
  readonly mutability?: string;
  readonly subAttributes?: readonly unknown[];
}

function attribute(name: string, description: string, shape: Shape = {}) {
  return {
    name,
    type: 'string',
    multiValued: false,
    description,
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...shape,
  };
}

const schemaOf = (id: string, name: string, attributes: readonly unknown[]) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
  id,
  name,
  description: name,
  attributes,
  meta: { resourceType: 'Schema', location: `/scim/v2/Schemas/${id}` },
});

const value = attribute('value', 'The value');
const primary = attribute('primary', 'Whether it is the main one', { type: 'boolean' });

/** The attributes that mean something here (RFC 7643, section 7). */
export const schemas = [
  schemaOf(userSchema, 'User', [
    attribute('userName', 'Who it is, in every entry of the record', { required: true, uniqueness: 'server' }),
    attribute('active', 'Whether they are let in at all', { type: 'boolean' }),
    attribute('displayName', 'Shown to people'),
    attribute('emails', 'Other names of the same person', { type: 'complex', multiValued: true, subAttributes: [value, primary] }),
    attribute('groups', 'Groups that they are in', { type: 'complex', multiValued: true, mutability: 'readOnly', subAttributes: [value] }),
  ]),
  schemaOf(groupSchema, 'Group', [
    attribute('displayName', 'What policy calls it: `group:<displayName>`', { required: true, uniqueness: 'server' }),
    attribute('members', 'People in it', { type: 'complex', multiValued: true, subAttributes: [value] }),
  ]),
  schemaOf(enterpriseSchema, 'EnterpriseUser', [attribute('manager', 'Their manager', { type: 'complex', subAttributes: [value] })]),
  schemaOf(trapkeySchema, 'TrapkeyUser', [attribute('region', 'The region that rules of policy speak of')]),
];
