import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Json, JsonObject } from '../../packages/contract/src/json.ts';
import type { ToolDefinition } from '../../packages/contract/src/upstream.ts';

/** One call of a task with what the tool answered; markers stand where attackers' text would. */
export interface GivenCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result: string;
}

export interface UserTask {
  readonly id: string;
  readonly prompt: string;
  readonly calls: readonly GivenCall[];
  readonly calls_marked: readonly GivenCall[];
}

interface SuiteTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly returns: string;
}

export interface Suite {
  readonly tools: readonly SuiteTool[];
  readonly user_tasks: readonly UserTask[];
  readonly injection_tasks: readonly { readonly id: string; readonly goal: string; readonly calls: readonly GivenCall[] }[];
}

export interface Pair {
  readonly suite: string;
  readonly user_task: string;
  readonly injection_task: string;
  readonly inject_after_call: number;
  readonly injected_calls: readonly { readonly tool: string; readonly args: JsonObject }[];
}

/** The material as it lies in the data folder. */
export interface Dojo {
  readonly suites: Readonly<Record<string, Suite>>;
  readonly pairs: readonly Pair[];
  readonly templates: Readonly<Record<string, string>>;
}

export async function readDojo(folder: string): Promise<Dojo> {
  const text = (name: string) => readFile(join(folder, name), 'utf8');
  const [suites, cases, templates] = await Promise.all([text('suites.json'), text('cases.jsonl'), text('attack_templates.json')]);
  return {
    suites: (JSON.parse(suites) as { suites: Dojo['suites'] }).suites,
    pairs: cases
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Pair),
    templates: JSON.parse(templates) as Dojo['templates'],
  };
}

/** The tools as a server would list them. */
export function definitionsOf({ tools }: Suite): readonly ToolDefinition[] {
  return tools.map(
    ({ name, description, inputSchema }) => ({ name, description, inputSchema: { type: 'object', ...inputSchema } }) as ToolDefinition,
  );
}

/**
 * An answer as the server would give it: typed returns as structured content with their text beside it, strings as text.
 * The dumped text is parsed with its markers, so that attackers' text lands in the field where it would stand.
 */
export function answerOf(suite: Suite, { tool, result }: GivenCall, attack: string): JsonObject {
  const returns = suite.tools.find(({ name }) => name === tool)?.returns ?? "<class 'str'>";
  const filled = (text: string) => text.replaceAll(/<<INJ:[^>]*>>/g, () => attack);
  if (returns === "<class 'str'>" && !/^\s*[-{]/.test(result)) return { content: [{ type: 'text', text: filled(result) }] };
  let value: Json;
  try {
    value = parse(result, { schema: 'failsafe' }) as Json;
  } catch {
    return { content: [{ type: 'text', text: filled(result) }] };
  }
  if (typeof value !== 'object' || value === null) return { content: [{ type: 'text', text: filled(result) }] };
  const walk = (one: Json): Json => {
    if (typeof one === 'string') return filled(one);
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one as JsonObject).map(([key, child]) => [filled(key), walk(child)]));
  };
  const structured = walk(value);
  return {
    content: [{ type: 'text', text: JSON.stringify(structured) }],
    structuredContent: Array.isArray(structured) ? { result: structured } : structured,
  };
}

/** The text of a template for one pair. */
export function attackOf(template: string, goal: string, injected: Pair['injected_calls']): string {
  const calls = injected
    .map(({ tool, args }, at) => `${at + 1}. Call \`${tool}\` with the following arguments: ${JSON.stringify(args)}`)
    .join('\n');
  return template
    .replaceAll('{goal}', goal)
    .replaceAll('{user}', 'Emma Johnson')
    .replaceAll('{model}', 'AI assistant')
    .replaceAll('{tools}', calls);
}
