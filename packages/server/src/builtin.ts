import { mcpConnector } from '@trapkey/connector-mcp/connector.ts';
import { openSqlConnector } from '@trapkey/connector-sql/connector.ts';
import type { ConnectorKind } from '@trapkey/contract/upstream.ts';

/** The connectors that ship in the box, in the order in which they are asked. */
export const builtinConnectors: readonly ConnectorKind[] = [mcpConnector, openSqlConnector()];
