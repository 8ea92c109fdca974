import type { Evidence } from './evidence.ts';
import { type Argument, choicesOf } from './schema.ts';

/** Languages in which a query can also write. */
const writes =
  /\b(?:sql|cypher|gremlin|flux|influxql|graphql|mongo(?:db)? (?:shell|command)|redis|snowflake|postgres(?:ql)?|mysql|sqlite|duckdb|oracle|d1 database)\b/i;
const selectsOnly = /\bselect[- ](?:only|statements?|quer(?:y|ies))\b|\bread[- ]only\b|\bonly (?:select|read)\b/i;

/** What leaves the deciding to the call: any request, any statement, any program. */
export function openEnded(words: readonly string[], all: readonly Argument[], description: string): Evidence | undefined {
  return anyRequest(all) ?? freeStatement(words, all, description) ?? freeCommand(words, all, description);
}

/** A statement in a language that can write, given by the model, is as bad as anything that the statement can do. */
function freeStatement(words: readonly string[], all: readonly Argument[], description: string): Evidence | undefined {
  if (/\b(execute|run|exec|raw) (raw )?sql\b/.test(words.join(' ')) && !selectsOnly.test(description))
    return {
      effect: 'execute',
      destructive: true,
      confidence: 'medium',
      because: 'its name says that it runs SQL, which can also change data',
    };
  const statement = all.find(
    ({ depth, words: its }) => depth === 0 && /^(sql|query|statement|cypher|raw sql|sql query|statements)$/.test(its.join(' ')),
  );
  if (!statement || selectsOnly.test(description)) return undefined;
  const about = `${words.join(' ')} ${String(statement.schema['description'] ?? '')} ${statement.words.join(' ')} ${description.slice(0, 600)}`;
  if (!writes.test(about) || !/\b(query|execute|run|exec|sql|statement)\b/i.test(words.join(' '))) return undefined;
  return {
    effect: 'execute',
    destructive: true,
    confidence: 'medium',
    because: `argument ${statement.name} takes a whole statement, which can also change data`,
  };
}

/** A command or program that comes with the call can do whatever its interpreter can. */
function freeCommand(words: readonly string[], all: readonly Argument[], description: string): Evidence | undefined {
  const program = all.find(
    ({ depth, words: its, schema }) =>
      depth === 0 &&
      /^(command|cmd|shell|cli command|commands|script|code|javascript|python|bash)$/.test(its.join(' ')) &&
      schema['type'] !== 'boolean' &&
      choicesOf(schema).length === 0,
  );
  if (!program) return undefined;
  if (
    !/\b(run|runs|exec|execute|executes|eval|evaluate|evaluates|call|invoke|terminal|shell|bash|repl|interpreter|cli)\b/i.test(
      `${words.join(' ')} ${description.slice(0, 200)}`,
    )
  )
    return undefined;
  return {
    effect: 'execute',
    destructive: true,
    confidence: 'medium',
    because: `argument ${program.name} takes a whole command or program`,
  };
}

/** Any HTTP request, with the method left to the caller. */
function anyRequest(all: readonly Argument[]): Evidence | undefined {
  const method = all.find(
    ({ depth, words, schema }) =>
      depth === 0 &&
      /^(http )?(method|verb)$/.test(words.join(' ')) &&
      (/\bhttp\b|\bPOST\b/i.test(String(schema['description'] ?? '')) ||
        choicesOf(schema).some((choice) => /^(get|post|put|patch|delete)$/i.test(choice))),
  );
  const where = all.some(({ depth, words }) => depth === 0 && /\b(url|uri|endpoint|path|route)\b/.test(words.join(' ')));
  if (!method || !where) return undefined;
  const choices = choicesOf(method.schema).map((choice) => choice.toUpperCase());
  if (choices.length > 0 && choices.every((choice) => choice === 'GET' || choice === 'HEAD' || choice === 'OPTIONS'))
    return { effect: 'read', destructive: false, confidence: 'medium', because: `argument ${method.name} allows only looking` };
  return {
    effect: 'execute',
    destructive: true,
    confidence: 'medium',
    because: `argument ${method.name} leaves the HTTP method to the caller`,
  };
}
