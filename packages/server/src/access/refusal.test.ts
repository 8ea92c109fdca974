import { describe, expect, it } from 'vitest';
import { type Reason, reasons, refuse } from './refusal.ts';
import { resourceMetadata } from './resource.ts';

const url = 'https://gw.corp.example';
const path = '/p/sales/2.1.0/crm';

describe('a refusal', () => {
  it('says what happened, that nothing was called, and what next; the challenge is well formed', () => {
    for (const reason of Object.keys(reasons) as Reason[]) {
      const refusal = refuse(reason, url, path);
      expect(refusal.says).toContain(reasons[reason]);
      expect(refusal.says).toContain('Nothing');
      expect(refusal.wwwAuthenticate).toMatch(/^Bearer (\w+="[^"\\]*"(, |$))+$/);
      expect(refusal.wwwAuthenticate).toContain(`resource_metadata="${url}/.well-known/oauth-protected-resource${path}"`);
    }
  });

  it('without a credential carries no error code', () => {
    expect(refuse('missing', url, path).wwwAuthenticate).not.toContain('error=');
    expect(refuse('expired', url, path).wwwAuthenticate).toContain('error="invalid_token"');
  });

  it('echoes nothing of a path that is not an endpoint', () => {
    for (const bad of ['/p/a"b/1/c', '/p/sales/2.1.0/crm/', '/p/../1/c', '/p/sales/2.1.0/crm\r\nx: y', '/', '/p/a/b']) {
      expect(refuse('missing', url, bad).wwwAuthenticate).toBe('Bearer realm="trapkey"');
      expect(resourceMetadata(url, undefined, bad)).toBeUndefined();
    }
  });
});

describe('the metadata of a resource', () => {
  it('is RFC 9728: the resource itself, its authorization server, its scope', () => {
    expect(resourceMetadata(url, 'https://id.corp.example', path)).toEqual({
      resource: `${url}${path}`,
      resource_name: 'crm for sales 2.1.0, governed by Trapkey',
      authorization_servers: ['https://id.corp.example'],
      scopes_supported: ['plugin:sales'],
      bearer_methods_supported: ['header'],
    });
    expect(resourceMetadata(url, undefined, path)).not.toHaveProperty('authorization_servers');
  });
});
