import { z } from 'zod';
import { connection } from './connection.ts';
import { connector } from './connector.ts';
import { directory } from './directory.ts';
import { entitlement } from './entitlement.ts';
import { organization } from './organization.ts';
import { plugin, profile } from './plugin.ts';

/** The kinds of document; the first key of a document names its kind and its id. */
export const documents = { connection, connector, plugin, profile, organization, directory, entitlement } as const;
export type DocumentKind = keyof typeof documents;

/** Keys that the policy language has and this build cannot enforce yet: an error wherever they stand, never ignored. */
export const laterKeys: Readonly<Record<string, readonly string[]>> = {
  '': [],
  connection: [],
  connector: ['rows'],
  'connector.tools.*': ['flow'],
  plugin: ['grants'],
  'plugin.release': ['digest', 'known_good', 'canary'],
  profile: [],
  organization: ['retention', 'grants'],
};

/** The published JSON Schema of one document of a policy folder. */
export function policyJsonSchema(): object {
  const union = z.union([connection, connector, plugin, profile, organization, directory, entitlement]);
  return { title: 'A document of a Trapkey policy', ...z.toJSONSchema(union, { io: 'input' }) };
}
