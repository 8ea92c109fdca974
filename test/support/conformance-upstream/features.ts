import { McpServer } from '@modelcontextprotocol/server';
import { askingTools } from './asking-tools.ts';
import { contentTools } from './content-tools.ts';
import { inputTools } from './input-tools.ts';
import type { Live } from './live.ts';
import { noticeTools } from './notice-tools.ts';
import { prompts } from './prompts.ts';
import { resources } from './resources.ts';
import { roundTools } from './round-tools.ts';
import { schemaTools } from './schema-tools.ts';

/** One server with everything that the official suite asks for; a session of 2025 has one, a request of 2026 has one. */
export function createConformanceServer(live: Live): McpServer {
  const server = new McpServer(
    { name: 'conformance-upstream', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: { listChanged: true },
        logging: {},
        completions: {},
      },
      requestState: { verify: live.state.verify },
    },
  );
  contentTools(server);
  schemaTools(server);
  noticeTools(server, live);
  askingTools(server);
  inputTools(server);
  roundTools(server, live);
  resources(server);
  prompts(server);
  server.server.setRequestHandler('logging/setLevel', async () => ({}));
  return server;
}
