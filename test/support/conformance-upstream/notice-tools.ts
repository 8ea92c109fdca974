import { setTimeout as pause } from 'node:timers/promises';
import type { McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { say } from './fixtures.ts';
import type { Live } from './live.ts';

const nothing = z.object({});

/** Tools that speak while they run: log lines, progress, list changes, a stream that breaks off. */
export function noticeTools(server: McpServer, live: Live): void {
  server.registerTool('test_tool_with_logging', { description: 'Logs three lines', inputSchema: nothing }, async (_args, ctx) => {
    for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await ctx.mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
      await pause(50);
    }
    return say('Tool with logging executed successfully');
  });
  server.registerTool(
    'test_logging_tool',
    { description: 'Logs only for who asked for a level', inputSchema: nothing },
    async (_args, ctx) => {
      await ctx.mcpReq.log('info', 'test_logging_tool ran');
      return say('logged for who asked for it');
    },
  );
  server.registerTool('test_streaming_elicitation', { description: 'Answers without asking anything', inputSchema: nothing }, async () =>
    say('only a result on this stream'),
  );
  server.registerTool('test_tool_with_progress', { description: 'Reports 0, 50, 100', inputSchema: nothing }, async (_args, ctx) => {
    const progressToken = ctx.mcpReq._meta?.progressToken;
    for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
      const message = `Completed step ${progress} of 100`;
      await ctx.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken: progressToken as string | number, progress, total: 100, message },
      });
      if (progress < 100) await pause(50);
    }
    return say(String(progressToken ?? 'no-progress-token'));
  });
  server.registerTool(
    'test_reconnection',
    { description: 'Breaks its stream off in the middle', inputSchema: nothing },
    async (_args, ctx) => {
      live.closeStream(ctx.sessionId, ctx.mcpReq.id);
      await pause(100);
      return say('Reconnection test completed successfully.');
    },
  );
  server.registerTool('test_trigger_tool_change', { description: 'Says that the tools changed', inputSchema: nothing }, async () => {
    live.toolsChanged();
    return say('tools_list_changed published');
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Says that the prompts changed', inputSchema: nothing }, async () => {
    live.promptsChanged();
    return say('prompts_list_changed published');
  });
}
