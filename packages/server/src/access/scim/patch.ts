import type { JsonObject } from '@trapkey/contract/json.ts';
import { type ScimResource, scimPatch } from 'scim-patch';
import { ScimRefusal } from './errors.ts';
import { scimPatchBody } from './schema.ts';

const readOnly = /^(id|meta|schemas|groups)\b/i;

/** What a resource is after a PATCH (RFC 7644, section 3.5.2); all of it, or nothing. */
export function patched(resource: JsonObject, body: unknown): JsonObject {
  const read = scimPatchBody.safeParse(body);
  if (!read.success)
    throw new ScimRefusal(400, `The patch cannot be read: ${read.error.issues[0]?.message ?? 'it is malformed'}`, 'invalidSyntax');
  for (const { op, path } of read.data.Operations) {
    if (path !== undefined && readOnly.test(path)) throw new ScimRefusal(400, `\`${path.slice(0, 80)}\` cannot be changed`, 'mutability');
    if (path === undefined && op === 'remove') throw new ScimRefusal(400, 'A remove says with `path` what is removed', 'noTarget');
    if (path !== undefined && /__proto__|constructor|prototype/.test(path))
      throw new ScimRefusal(400, 'That is no attribute', 'invalidPath');
  }
  const operations = read.data.Operations.map((operation) =>
    operation.path === undefined && typeof operation.value === 'object' && operation.value !== null
      ? { ...operation, value: writable(operation.value as JsonObject) }
      : operation,
  );
  try {
    const copy = structuredClone(resource) as unknown as ScimResource;
    return scimPatch(copy, operations as Parameters<typeof scimPatch>[1]) as unknown as JsonObject;
  } catch (error) {
    const { scimCode, message } = error as Error & { readonly scimCode?: string };
    throw new ScimRefusal(400, `The patch cannot be applied: ${message.slice(0, 200)}`, scimCode ?? 'invalidValue');
  }
}

/** Providers send back what they read; what is ours in it is not theirs to set. */
function writable(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !readOnly.test(name)));
}
