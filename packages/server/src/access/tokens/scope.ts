import { rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { StopScope } from '../../kernel/readers.ts';
import type { RevokeTokens } from '../../kernel/stops.ts';
import { revokeWhere, type TokenScope } from './store.ts';

/** Revokes the live tokens of a stop's scope, in its transaction; an entry for each. */
export const revokeTokensOf: RevokeTokens = async (tx, { scope, by, atMs }) => {
  const rows = await revokeWhere(tx, whereOf(scope), atMs);
  return rows.map((row) => ({
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action: 'token.revoked',
    on_behalf_of: by.person,
    subject: `person:${row.person}`,
    detail: row.id,
    plugin: `${row.plugin}@${row.version}`,
    connector: row.connector,
    assurance: { on_behalf_of: by.assurance },
  }));
};

function whereOf(scope: StopScope): TokenScope {
  switch (scope.kind) {
    case 'everything':
      return {};
    case 'plugin':
      return { plugin: scope.id };
    case 'release': {
      const at = scope.id.lastIndexOf('@');
      return { plugin: scope.id.slice(0, at), version: scope.id.slice(at + 1) };
    }
    case 'connector':
      return { connector: scope.id };
    case 'person':
      return { person: scope.id };
    default:
      throw new UserError(
        `No token is for one ${scope.kind} alone, so none can be revoked with it. Nothing was stopped.`,
        'Revoke with everything, a plugin, a release, a connector or a person; or stop without --revoke.',
      );
  }
}
