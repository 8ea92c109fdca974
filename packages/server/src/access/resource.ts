import type { JsonObject } from '@trapkey/contract/json.ts';

/** Where RFC 9728 metadata of a protected resource lies, before the path of the resource itself. */
export const wellKnownPrefix = '/.well-known/oauth-protected-resource';

const endpoint = /^\/p\/([A-Za-z0-9][A-Za-z0-9._-]{0,127})\/([A-Za-z0-9][A-Za-z0-9._+-]{0,127})\/([A-Za-z0-9][A-Za-z0-9._-]{0,127})$/;

export interface Endpoint {
  readonly plugin: string;
  readonly version: string;
  readonly connector: string;
}

/** The path that one connector of one release is reached at; also what its tokens are bound to. */
export function endpointPath(at: Endpoint): string {
  return `/p/${at.plugin}/${at.version}/${at.connector}`;
}

/** Reads an endpoint path; undefined for anything that is not one, so that a path is never trusted before its shape. */
export function parseEndpointPath(path: string): Endpoint | undefined {
  const [, plugin, version, connector] = endpoint.exec(path) ?? [];
  return plugin === undefined || version === undefined || connector === undefined ? undefined : { plugin, version, connector };
}

/** The scope that a token for the whole gateway needs, so that it proves the plugin too. */
export function pluginScope(plugin: string): string {
  return `plugin:${plugin}`;
}

/**
 * RFC 9728 metadata of one endpoint. It depends on the shape of the path alone: whoever has no identity
 * learns nothing about which plugins exist.
 */
export function resourceMetadata(publicUrl: string, issuer: string | undefined, path: string): JsonObject | undefined {
  const at = parseEndpointPath(path);
  if (!at) return undefined;
  return {
    resource: `${publicUrl}${path}`,
    resource_name: `${at.connector} for ${at.plugin} ${at.version}, governed by Trapkey`,
    ...(issuer !== undefined && { authorization_servers: [issuer] }),
    scopes_supported: [pluginScope(at.plugin)],
    bearer_methods_supported: ['header'],
  };
}
